/*
 * A server that serves one connection at a time, and none before its second check, so that they wait in its backlog: over IPv4, over both protocols, with a listening socket that several processes share, or over a unix
 * socket with clients of its own. And the clients, which count what becomes of them:
 *   backlog clients ADDRESS PORT N LATE SECONDS    N connect at once, LATE more one after the other; each sends a request and waits for its answer
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/un.h>

#include "worker.h"

enum { BEHIND = 1000, DEEP = 250, MOST_CLIENTS = 256, PAUSE_MS = 20, UNIX_CLIENTS = 3, PREFORKED = 3 };

static struct guarded memory;
static int listener = -1;
static uint64_t served;
static volatile int *serving; /* in memory that all processes have */
static int own_clients[UNIX_CLIENTS];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* One connection, if one waits. */
static void serve(int from)
{
    char line[128];
    int connection = accept(from, NULL, NULL);
    if (connection < 0)
        return;
    fcntl(connection, F_SETFL, 0);
    ssize_t length = read(connection, line, sizeof line);
    usleep(30000);
    if (length > 0 && write(connection, line, (size_t)length) == length)
        served++;
    close(connection);
}

static void listen_unix(void)
{
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    snprintf(path.sun_path + 1, sizeof path.sun_path - 1, "u2c-backlog-%d", (int)getpid());
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(path.sun_path + 1));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (void *)&path, length) != 0 || listen(listener, DEEP) != 0)
        fail("a unix socket");
    for (int i = 0; i < UNIX_CLIENTS; i++) {
        own_clients[i] = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(own_clients[i], (void *)&path, length) != 0 || write(own_clients[i], "request", 7) != 7)
            fail("a client of its own");
    }
}

static void listen_tcp(int family, const char *endpoint)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    int on = 1;
    v4.sin_port = v6.sin6_port = htons((uint16_t)(strtoul(strrchr(endpoint, ':') + 1, NULL, 10) + BEHIND));
    listener = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, family == AF_INET ? (void *)&v4 : (void *)&v6, family == AF_INET ? sizeof v4 : sizeof v6) != 0 || listen(listener, DEEP) != 0)
        fail("a listener");
}

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    serving = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (serving == MAP_FAILED)
        fail("memory");
    if (worker_is("unix"))
        listen_unix();
    else
        listen_tcp(worker_is("both") ? AF_INET6 : AF_INET, worker->endpoint);
    for (int child = 0; worker_is("shared") && child < PREFORKED; child++) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) {
                if (*serving > 1)
                    serve(listener);
                usleep(10000);
            }
        }
    }
}

static void work(void)
{
    if (!worker_is("unix") && *serving > 1)
        serve(listener);
}

/* Of the unix socket: whether every client of its own is served, which it is not before the last check. */
static int report(char *text, size_t size)
{
    text[0] = 0;
    ++*serving;
    if (worker_is("unix") && worker_operations > 100) {
        for (int i = 0; i < UNIX_CLIENTS; i++)
            serve(listener);
        for (int i = 0; i < UNIX_CLIENTS; i++) {
            struct pollfd answer = { own_clients[i], POLLIN, 0 };
            char line[16];
            if (poll(&answer, 1, 500) != 1 || read(own_clients[i], line, sizeof line) != 7) {
                snprintf(text, size, "client %d of the unix socket waits in vain", i);
                return 0;
            }
        }
        worker_operations = 0;
        for (int i = 0; i < UNIX_CLIENTS; i++)
            close(own_clients[i]);
        close(listener);
        listen_unix();
    }
    snprintf(text, size, " served=%" PRIu64, served);
    return 1;
}

enum state { CONNECTING, WAITING, ANSWERED, CLOSED, RESET };

static int begin(const char *address, const char *port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    v4.sin_port = v6.sin6_port = htons((uint16_t)strtoul(port, NULL, 10));
    int is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
    if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
        fail(address);
    int made = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (made < 0 || (connect(made, is_v4 ? (void *)&v4 : (void *)&v6, is_v4 ? sizeof v4 : sizeof v6) != 0 && errno != EINPROGRESS))
        fail("connect");
    return made;
}

static enum state step(struct pollfd *client, enum state now)
{
    char line[64];
    int error = 0;
    socklen_t size = sizeof error;
    if (now == CONNECTING) {
        getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0 || write(client->fd, "request", 7) != 7)
            return RESET;
        client->events = POLLIN;
        return WAITING;
    }
    ssize_t length = read(client->fd, line, sizeof line);
    return length > 0 ? ANSWERED : length == 0 ? CLOSED : RESET;
}

static int run_clients(char **arguments)
{
    static const char *names[] = { "connecting", "waiting", "answered", "closed", "reset" };
    static struct pollfd clients[MOST_CLIENTS];
    static enum state states[MOST_CLIENTS];
    int first = atoi(arguments[2]), all = first + atoi(arguments[3]), begun = 0, open = all, counts[5] = { 0 };
    double started = worker_now(), end = started + atof(arguments[4]);
    if (all > MOST_CLIENTS)
        return 2;
    puts("begun");
    fflush(stdout);
    while (open > 0 && worker_now() < end) {
        int due = first + (int)((worker_now() - started) * 1000 / PAUSE_MS);
        for (; begun < all && begun < due; begun++)
            clients[begun] = (struct pollfd){ begin(arguments[0], arguments[1]), POLLOUT, 0 };
        poll(clients, (nfds_t)begun, PAUSE_MS);
        for (int i = 0; i < begun; i++) {
            if (clients[i].fd < 0 || clients[i].revents == 0)
                continue;
            states[i] = step(&clients[i], states[i]);
            if (states[i] > WAITING) {
                close(clients[i].fd);
                clients[i].fd = -1;
                open--;
            }
        }
    }
    for (int i = 0; i < all; i++)
        counts[states[i]]++;
    for (int i = 0; i < 5; i++)
        printf("%s=%d ", names[i], counts[i]);
    puts("done");
    return 0;
}

int main(int argc, char **argv)
{
    static struct worker described = {
        .name = "backlog", .summary = "Serves one connection at a time, 1000 ports above its own.", .unit = "connections served", .kinds = "tcp both shared unix",
        .endpoint = "127.0.0.1:7822", .mebibytes = 8, .rate = 100, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    if (argc == 7 && strcmp(argv[1], "clients") == 0)
        return run_clients(argv + 2);
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--listen") == 0)
            described.endpoint = argv[i + 1];
    }
    return worker_main(&described, argc, argv);
}
