/*
 * Many TCP connections, each of which says a byte and hears it again, round after round.
 *
 *   crowd serve ADDRESS PORT FILE         answers; writes 'ready' to FILE when it listens
 *   crowd call ADDRESS PORT FILE COUNT    calls, and writes the number of complete rounds to FILE, or 'broken' and why
 *   crowd both ADDRESS PORT FILE COUNT    a parent that serves, in FILE.server, and a child that calls
 *
 * ADDRESS is IPv4 or IPv6. A round in which a connection is silent for 30 s is a broken one.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 8000, SILENCE_MS = 30000, PAUSE_US = 50000 };

static const char *file;
static int from_there; // whether the caller calls from the address that it calls

static void say(const char *text)
{
    char next[4096];
    snprintf(next, sizeof next, "%s.new", file);
    FILE *out = fopen(next, "w");
    if (!out || fputs(text, out) < 0 || fclose(out) || rename(next, file)) {
        perror(file);
        exit(1);
    }
}

static void broken(const char *what)
{
    char text[512];
    snprintf(text, sizeof text, "broken %s: %s", what, strerror(errno));
    say(text);
    exit(1);
}

static int open_socket(const char *address, const char *port, int listens)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = four.sin_port};
    int is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
    if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
        broken("address");
    struct sockaddr *where = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t length = is_four ? sizeof four : sizeof six;
    int one = 1, fd = socket(where->sa_family, SOCK_STREAM, 0);
    if (fd < 0)
        broken("socket");
    if (listens && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) || bind(fd, where, length) || listen(fd, 4096)))
        broken("listen");
    if (is_four)
        four.sin_port = 0;
    else
        six.sin6_port = 0;
    if (!listens && from_there && bind(fd, where, length)) // with the address that moves, and not that of the host
        broken("bind");
    four.sin_port = six.sin6_port = htons((uint16_t)atoi(port));
    if (!listens && connect(fd, where, length))
        broken("connect");
    return fd;
}

static void serve(int listener)
{
    static struct pollfd all[MOST + 1];
    int count = 1;
    all[0] = (struct pollfd){listener, POLLIN, 0};
    for (;;) {
        if (poll(all, (nfds_t)count, -1) < 0 && errno != EINTR)
            broken("poll");
        int known = count;
        if (all[0].revents && count <= MOST) {
            int fd = accept(listener, NULL, NULL);
            if (fd >= 0)
                all[count++] = (struct pollfd){fd, POLLIN, 0};
        }
        for (int i = 1; i < known; i++) {
            char byte;
            if (all[i].fd >= 0 && all[i].revents && (read(all[i].fd, &byte, 1) != 1 || write(all[i].fd, &byte, 1) != 1)) {
                close(all[i].fd);
                all[i].fd = -1;
            }
        }
    }
}

static void call(const char *address, const char *port, int count)
{
    static int all[MOST];
    for (int i = 0; i < count; i++)
        all[i] = open_socket(address, port, 0);
    for (unsigned round = 1;; round++) {
        char text[32], said = (char)round, heard;
        for (int i = 0; i < count; i++)
            if (write(all[i], &said, 1) != 1)
                broken("write");
        for (int i = 0; i < count; i++) {
            struct pollfd one = {all[i], POLLIN, 0};
            errno = 0;
            if (poll(&one, 1, SILENCE_MS) == 0)
                broken("silence");
            if (read(all[i], &heard, 1) != 1 || heard != said)
                broken("read");
        }
        snprintf(text, sizeof text, "%u", round);
        say(text);
        usleep(PAUSE_US);
    }
}

int main(int argc, char **argv)
{
    int count = argc > 5 ? atoi(argv[5]) : 0;
    int serves = argc > 1 && strcmp(argv[1], "call") != 0, calls = argc > 1 && strcmp(argv[1], "serve") != 0;
    if (argc != (calls ? 6 : 5) || (calls && (count < 1 || count > MOST))) {
        fprintf(stderr, "crowd serve ADDRESS PORT FILE | crowd call|both ADDRESS PORT FILE COUNT, with 1 to %d connections\n", MOST);
        return 2;
    }
    struct rlimit many = {MOST + 100, MOST + 100};
    setrlimit(RLIMIT_NOFILE, &many);
    file = argv[4];
    int listener = serves ? open_socket(argv[2], argv[3], 1) : -1;
    if (calls && (!serves || fork() == 0)) {
        if (serves)
            close(listener);
        from_there = serves;
        call(argv[2], argv[3], count);
    }
    static char name[4096];
    snprintf(name, sizeof name, calls ? "%s.server" : "%s", file);
    file = name;
    say("ready");
    serve(listener);
}
