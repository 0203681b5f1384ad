/*
 * A line protocol over TCP for workloads of one poll loop: one command per line, one line back. Connections stay open, so that a
 * test holds one across a migration. Commands and answers are short; a client that sends more than a line's worth is dropped.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COMMANDS_CLIENTS = 16, COMMANDS_LINE = 256, COMMANDS_ANSWER = 1024 };

/* Fills in the answer (without a line end). */
typedef void command_handler(const char *command, char *answer, size_t size);

struct commands {
    command_handler *handler;
    struct pollfd sockets[1 + COMMANDS_CLIENTS];
    struct { char text[COMMANDS_LINE]; size_t length; } lines[1 + COMMANDS_CLIENTS];
};

/* ADDRESS:PORT, numeric. Ends the program with a sentence when it cannot listen there. */
static inline void commands_listen(struct commands *commands, const char *endpoint, command_handler *handler)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64];
    const char *colon = strrchr(endpoint, ':');
    size_t length = colon == NULL ? sizeof host : (size_t)(colon - endpoint);
    if (length < sizeof host) {
        memcpy(host, endpoint, length);
        host[length] = '\0';
        address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    }
    if (length >= sizeof host || address.sin_port == 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "--listen takes an IPv4 address and a port, like 10.77.0.100:7801; '%s' is not one\n", endpoint);
        exit(2);
    }
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, COMMANDS_CLIENTS) != 0) {
        fprintf(stderr, "cannot listen on %s: %s\n", endpoint, strerror(errno));
        exit(1);
    }
    commands->handler = handler;
    for (size_t i = 0; i <= COMMANDS_CLIENTS; i++)
        commands->sockets[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
    commands->sockets[0].fd = fd;
}

static inline void commands_drop(struct commands *commands, size_t slot)
{
    close(commands->sockets[slot].fd);
    commands->sockets[slot].fd = -1;
}

static inline void commands_accept(struct commands *commands)
{
    int fd = accept(commands->sockets[0].fd, NULL, NULL);
    if (fd < 0)
        return;
    for (size_t slot = 1; slot <= COMMANDS_CLIENTS; slot++) {
        if (commands->sockets[slot].fd < 0) {
            commands->sockets[slot].fd = fd;
            commands->lines[slot].length = 0;
            return;
        }
    }
    close(fd);
}

static inline void commands_read(struct commands *commands, size_t slot)
{
    char *text = commands->lines[slot].text;
    size_t *length = &commands->lines[slot].length;
    ssize_t got = recv(commands->sockets[slot].fd, text + *length, COMMANDS_LINE - 1 - *length, 0);
    if (got <= 0) {
        if (got == 0 || errno != EINTR)
            commands_drop(commands, slot);
        return;
    }
    *length += (size_t)got;
    for (;;) {
        char *end = memchr(text, '\n', *length);
        if (end == NULL)
            break;
        *end = '\0';
        if (end > text && end[-1] == '\r')
            end[-1] = '\0';
        char answer[COMMANDS_ANSWER + 1];
        commands->handler(text, answer, COMMANDS_ANSWER);
        strcat(answer, "\n");
        if (send(commands->sockets[slot].fd, answer, strlen(answer), MSG_NOSIGNAL) < 0) {
            commands_drop(commands, slot);
            return;
        }
        size_t used = (size_t)(end + 1 - text);
        memmove(text, end + 1, *length - used);
        *length -= used;
    }
    if (*length == COMMANDS_LINE - 1)
        commands_drop(commands, slot);
}

/* Serves what has come in; waits for it up to the given time. */
static inline void commands_serve(struct commands *commands, int milliseconds)
{
    if (poll(commands->sockets, 1 + COMMANDS_CLIENTS, milliseconds) <= 0)
        return;
    for (size_t slot = 1; slot <= COMMANDS_CLIENTS; slot++) {
        if (commands->sockets[slot].fd >= 0 && commands->sockets[slot].revents != 0)
            commands_read(commands, slot);
    }
    if (commands->sockets[0].revents != 0)
        commands_accept(commands);
}

#endif
