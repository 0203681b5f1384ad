/*
 * A parent and a child that talk to each other over TCP on this host, or over a unix socket, with everything that a restore can get wrong in between: full buffers in both
 * directions, half closed connections, urgent data, connections that nobody has accepted yet.
 *
 *   inner ADDRESS FILE MODE...
 *
 * ADDRESS is an IPv4 or IPv6 address of this host (::ffff:127.0.0.1 is an IPv6 socket with IPv4 packets) or 'unix'. Modes:
 *   full      both ends have written until the kernel takes no more, in both directions
 *   empty     nothing is under way
 *   half      the parent has closed its direction after that; its end of file waits behind the data
 *   urgent    a byte of urgent data lies in between
 *   chatter   both read and write all the time
 *
 * It writes 'ready' to FILE, and when FILE.go exists reads and writes 1 MiB more in each open direction, compares all of it and writes 'ok BYTES BYTES' or what is wrong.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 16384, MORE = 1 << 20, PAUSE_US = 2000, SILENCE = 10000000 / PAUSE_US };

struct side {
    uint64_t sent, received, goal; /* goal: what it sends in all; 0 while that is not known */
    int ended;                     /* the other end has closed its direction */
    char wrong[128];
};

static struct side *sides; /* shared by both processes */
static const char *file;
static int half, urgent, chatter;

static void die(const char *what)
{
    fprintf(stderr, "inner: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void say(const char *text)
{
    char next[4096];
    snprintf(next, sizeof next, "%s.new", file);
    FILE *out = fopen(next, "w");
    if (out == NULL)
        die(next);
    fputs(text, out);
    fclose(out);
    if (rename(next, file) != 0)
        die(file);
}

static int is_go(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.go", file);
    return access(path, F_OK) == 0;
}

static unsigned char byte_at(int from, uint64_t position)
{
    uint64_t x = position / 8 * 0x9E3779B97F4A7C15u + (uint64_t)from * 77 + 1;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    return (unsigned char)(x >> 8 * (position % 8));
}

/* Returns 0 when the kernel takes no more. */
static int send_some(int socket, int me, uint64_t limit)
{
    unsigned char data[PIECE];
    size_t count = limit - sides[me].sent < PIECE ? (size_t)(limit - sides[me].sent) : PIECE;
    for (size_t i = 0; i < count; i++)
        data[i] = byte_at(me, sides[me].sent + i);
    ssize_t taken = count == 0 ? 0 : send(socket, data, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0 && errno != EAGAIN)
        snprintf(sides[me].wrong, sizeof sides[me].wrong, "send: %s", strerror(errno));
    if (taken > 0)
        sides[me].sent += (uint64_t)taken;
    return taken > 0;
}

static int receive_some(int socket, int me)
{
    unsigned char data[PIECE];
    ssize_t got = recv(socket, data, sizeof data, MSG_DONTWAIT);
    if (got < 0 && errno != EAGAIN)
        snprintf(sides[me].wrong, sizeof sides[me].wrong, "recv: %s", strerror(errno));
    if (got == 0)
        sides[me].ended = 1;
    for (ssize_t i = 0; i < got; i++)
        if (data[i] != byte_at(!me, sides[me].received + (uint64_t)i) && sides[me].wrong[0] == 0)
            snprintf(sides[me].wrong, sizeof sides[me].wrong, "byte %llu is wrong", (unsigned long long)(sides[me].received + (uint64_t)i));
    if (got > 0)
        sides[me].received += (uint64_t)got;
    return got > 0;
}

static int is_done(int me)
{
    int other = !me;
    return sides[me].wrong[0] != 0
        || (sides[me].sent == sides[me].goal && sides[other].goal != 0 && sides[me].received == sides[other].goal && (!half || me == 0 || sides[me].ended));
}

/* One end from the word go to the end. */
static void finish(int socket, int me)
{
    int closed = half && me == 0, silent = 0;
    sides[me].goal = closed ? sides[me].sent : sides[me].sent + MORE;
    while (!is_done(me)) {
        int any = receive_some(socket, me);
        if (!closed)
            any |= send_some(socket, me, sides[me].goal);
        silent = any ? 0 : silent + 1;
        if (silent > SILENCE)
            snprintf(sides[me].wrong, sizeof sides[me].wrong, "nothing comes: sent %llu of %llu, received %llu of %llu, end of file %d", (unsigned long long)sides[me].sent,
                     (unsigned long long)sides[me].goal, (unsigned long long)sides[me].received, (unsigned long long)sides[!me].goal, sides[me].ended);
        if (!any)
            usleep(PAUSE_US);
    }
}

static void fill(int socket, int me)
{
    /* The other end's kernel may still take some after the first refusal. */
    for (int tries = 0; tries < 50; tries++) {
        while (send_some(socket, me, UINT64_MAX))
            tries = 0;
        usleep(PAUSE_US);
    }
}

static void wait_for_go(int socket, int me)
{
    while (!is_go()) {
        if (chatter) {
            send_some(socket, me, UINT64_MAX);
            while (receive_some(socket, me))
                ;
        } else {
            usleep(PAUSE_US);
        }
    }
}

static void connect_pair(const char *address, int ends[2])
{
    if (strcmp(address, "unix") == 0) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
            die("socketpair");
        return;
    }
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    int is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
        die(address);
    struct sockaddr *name = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t length = is_v4 ? sizeof v4 : sizeof v6;
    int listener = socket(name->sa_family, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, name, length) != 0 || listen(listener, 4) != 0 || getsockname(listener, name, &length) != 0)
        die("listen");
    ends[0] = socket(name->sa_family, SOCK_STREAM, 0);
    struct sockaddr_in6 any_port = v6; /* from the same address: the kernel might choose one that stays behind */
    struct sockaddr_in any_port4 = v4;
    any_port.sin6_port = any_port4.sin_port = 0;
    if (bind(ends[0], is_v4 ? (struct sockaddr *)&any_port4 : (struct sockaddr *)&any_port, length) != 0 || connect(ends[0], name, length) != 0)
        die("connect");
    ends[1] = accept(listener, NULL, NULL);
    if (ends[1] < 0)
        die("accept");
    close(listener);
}

int main(int argc, char **argv)
{
    int ends[2], full = 0;
    if (argc < 4) {
        fprintf(stderr, "usage: inner ADDRESS|unix FILE full|empty|half|urgent|chatter...\n");
        return 2;
    }
    file = argv[2];
    for (int i = 3; i < argc; i++) {
        full |= strcmp(argv[i], "full") == 0;
        half |= strcmp(argv[i], "half") == 0;
        urgent |= strcmp(argv[i], "urgent") == 0;
        chatter |= strcmp(argv[i], "chatter") == 0;
    }
    sides = mmap(NULL, 2 * sizeof *sides, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    connect_pair(argv[1], ends);
    pid_t child = fork();
    int me = child == 0, socket = ends[me];
    close(ends[!me]);
    if (urgent && me == 0 && send(socket, "!", 1, MSG_OOB) != 1)
        die("urgent data");
    if (full)
        fill(socket, me);
    if (half && me == 0 && shutdown(socket, SHUT_WR) != 0)
        die("shutdown");
    if (me == 0) {
        usleep(full ? 300000 : 50000);
        say("ready\n");
    }
    wait_for_go(socket, me);
    finish(socket, me);
    if (me == 1)
        return 0;
    waitpid(child, NULL, 0);
    char text[512];
    snprintf(text, sizeof text, sides[0].wrong[0] || sides[1].wrong[0] ? "wrong: parent %s, child %s\n" : "ok %s%s", sides[0].wrong, sides[1].wrong);
    if (text[0] == 'o')
        snprintf(text, sizeof text, "ok %llu %llu\n", (unsigned long long)sides[1].received, (unsigned long long)sides[0].received);
    say(text);
    return 0;
}
