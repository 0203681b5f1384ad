/*
 * A server of processes that come and go, and its clients. With --serve-by workers a few processes that were forked ahead take turns in accepting, and one that has served
 * enough retires and is replaced; with --serve-by connections each connection has a process of its own. All have their parent's table by copy-on-write and check it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "options.h"
#include "pattern.h"

enum { WORKERS_MOST = 64, LINE = 128, SCRATCH_PAGES = 64, PATIENCE_S = 20 };

struct ledger {
    _Atomic uint64_t requests, connections, retired;
    _Atomic int failed;
    char what[256];
};

static struct ledger *ledger;
static uint64_t *table;
static size_t table_pages;

static const char usage[] =
    "usage: prefork [--listen ADDRESS:PORT] [--serve-by workers|connections] [--workers N] [--requests N] [--memory-mib N]\n"
    "       prefork --connect ADDRESS:PORT\n"
    "A server of processes that come and go, and clients that come and go.\n"
    "  --listen      where it takes connections (default 127.0.0.1:7806)\n"
    "  --serve-by    workers: processes forked ahead, which retire; connections: one process each (default workers)\n"
    "  --workers     processes forked ahead, 2 to 64 (default 4)\n"
    "  --requests    a worker retires after so many, 1 to 1000000 (default 20)\n"
    "  --memory-mib  the table that all processes share by copy-on-write, 1 to 4096 (default 16)\n"
    "  --connect     opens and closes connections all the time and checks the answers; 'check' on standard input answers\n"
    "                'ok connections=N lost=N', 'quit' ends it\n"
    "Requests, one a line: 'get N' answers 'ok N WORD'; 'check' answers 'ok operations=COUNT...' or 'mismatch: WHAT'; 'quit' ends the server.\n";

static void die(const char *call)
{
    fprintf(stderr, "prefork: %s: %s\n", call, strerror(errno));
    exit(1);
}

static struct sockaddr_in endpoint_of(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64] = "";
    const char *colon = strrchr(text, ':');
    if (colon != NULL && (size_t)(colon - text) < sizeof host) {
        memcpy(host, text, (size_t)(colon - text));
        address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    }
    if (address.sin_port == 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        fprintf(stderr, "an endpoint is an IPv4 address and a port, like 10.77.0.100:7806; '%s' is not one\n", text);
        exit(2);
    }
    return address;
}

static void fail(const char *what)
{
    if (atomic_exchange(&ledger->failed, 1) == 0)
        snprintf(ledger->what, sizeof ledger->what, "process %d: %s", getpid(), what);
}

/* Each process writes memory of its own beside what it inherited. */
static void work(uint64_t *scratch, uint64_t *scratch_version, size_t page)
{
    char what[200];
    size_t own = page % SCRATCH_PAGES;
    if (!pattern_check(table + page * PAGE_WORDS, page, 1, what, sizeof what)
        || !pattern_check(scratch + own * PAGE_WORDS, own, scratch_version[own], what, sizeof what))
        fail(what);
    pattern_write(scratch + own * PAGE_WORDS, own, ++scratch_version[own]);
    atomic_fetch_add(&ledger->requests, 1);
}

static void answer(const char *line, char *text, size_t size, uint64_t *scratch, uint64_t *scratch_version)
{
    if (strcmp(line, "quit") == 0) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM);
        exit(0);
    }
    if (strcmp(line, "check") == 0) {
        for (size_t page = 0; page < table_pages; page++)
            work(scratch, scratch_version, page);
        if (atomic_load(&ledger->failed))
            snprintf(text, size, "mismatch: %s\n", ledger->what);
        else
            snprintf(text, size, "ok operations=%" PRIu64 " connections=%" PRIu64 " retired=%" PRIu64 "\n", atomic_load(&ledger->requests),
                     atomic_load(&ledger->connections), atomic_load(&ledger->retired));
        return;
    }
    size_t page = strtoul(line + 3, NULL, 10) % table_pages;
    work(scratch, scratch_version, page);
    snprintf(text, size, "ok %zu %" PRIu64 "\n", page, table[page * PAGE_WORDS]);
}

/* Serves a connection to its end and returns the number of requests. */
static unsigned serve(int connection, uint64_t *scratch, uint64_t *scratch_version)
{
    char line[LINE], text[512];
    size_t length = 0;
    unsigned served = 0;
    atomic_fetch_add(&ledger->connections, 1);
    for (;;) {
        ssize_t got = recv(connection, line + length, sizeof line - 1 - length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
        line[length] = '\0';
        char *end;
        while ((end = strchr(line, '\n')) != NULL) {
            *end = '\0';
            answer(line, text, sizeof text, scratch, scratch_version);
            served++;
            if (send(connection, text, strlen(text), MSG_NOSIGNAL) < 0)
                break;
            length -= (size_t)(end + 1 - line);
            memmove(line, end + 1, length + 1);
        }
        if (length == sizeof line - 1)
            break;
    }
    close(connection);
    return served;
}

static uint64_t *scratch_memory(void)
{
    uint64_t *scratch = mmap(NULL, SCRATCH_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (scratch == MAP_FAILED)
        die("mmap");
    return scratch;
}

static void run_worker(int listener, unsigned requests)
{
    uint64_t versions[SCRATCH_PAGES] = { 0 }, *scratch = scratch_memory();
    for (unsigned served = 0; served < requests;) {
        int connection = accept(listener, NULL, NULL);
        if (connection >= 0)
            served += serve(connection, scratch, versions);
    }
    atomic_fetch_add(&ledger->retired, 1);
    exit(0);
}

static void note_end(int status)
{
    if (status != 0)
        fail("a process of the server ended wrongly");
}

static void serve_by_workers(int listener, unsigned workers, unsigned requests)
{
    for (unsigned running = 0;;) {
        for (; running < workers; running++) {
            pid_t child = fork();
            if (child < 0)
                die("fork");
            if (child == 0)
                run_worker(listener, requests);
        }
        int status;
        if (wait(&status) > 0) {
            note_end(status);
            running--;
        }
    }
}

static void serve_by_connections(int listener)
{
    for (;;) {
        struct pollfd waiting = { .fd = listener, .events = POLLIN };
        if (poll(&waiting, 1, 50) > 0) {
            int connection = accept(listener, NULL, NULL);
            pid_t child = connection < 0 ? -1 : fork();
            if (child == 0) {
                uint64_t versions[SCRATCH_PAGES] = { 0 };
                close(listener);
                serve(connection, scratch_memory(), versions);
                exit(0);
            }
            if (connection >= 0)
                close(connection);
        }
        int status;
        while (waitpid(-1, &status, WNOHANG) > 0)
            note_end(status);
    }
}

/* One connection: some requests, each answer checked. Returns 0 when the connection was lost. */
static int visit(const struct sockaddr_in *address, uint64_t visits)
{
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int right = connect(connection, (const struct sockaddr *)address, sizeof *address) == 0;
    for (uint64_t i = 0; right && i < 1 + visits % 7; i++) {
        char request[32], expected[64], got[64] = "";
        uint64_t page = mix(visits * 8 + i) % 256;
        int length = snprintf(request, sizeof request, "get %" PRIu64 "\n", page);
        int wanted = snprintf(expected, sizeof expected, "ok %" PRIu64 " %" PRIu64 "\n", page, pattern_word(page, 1, 0));
        right = send(connection, request, (size_t)length, MSG_NOSIGNAL) == length && recv(connection, got, (size_t)wanted, MSG_WAITALL) == wanted;
        if (right && memcmp(got, expected, (size_t)wanted) != 0) {
            printf("mismatch: '%s' in place of '%s'\n", got, expected);
            exit(1);
        }
    }
    close(connection);
    return right;
}

static void run_client(const char *endpoint)
{
    struct sockaddr_in address = endpoint_of(endpoint);
    uint64_t visits = 0, lost = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("ready");
    for (;;) {
        struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
        if (poll(&input, 1, 2) > 0) {
            char line[LINE];
            if (fgets(line, sizeof line, stdin) == NULL || strcmp(line, "quit\n") == 0)
                exit(0);
            printf("ok connections=%" PRIu64 " lost=%" PRIu64 "\n", visits, lost);
        }
        lost += !visit(&address, visits++);
    }
}

int main(int count, char **arguments)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' },   { "serve-by", required_argument, NULL, 's' },   { "workers", required_argument, NULL, 'w' },
        { "requests", required_argument, NULL, 'r' }, { "memory-mib", required_argument, NULL, 'm' }, { "connect", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },           { 0 },
    };
    const char *endpoint = "127.0.0.1:7806", *connect_to = NULL, *by = "workers";
    unsigned workers = 4, requests = 20;
    uint64_t mebibytes = 16;
    int option;
    while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 's': by = optarg; break;
        case 'w': workers = (unsigned)number("workers", optarg, 2, WORKERS_MOST); break;
        case 'r': requests = (unsigned)number("requests", optarg, 1, 1000000); break;
        case 'm': mebibytes = number("memory-mib", optarg, 1, 4096); break;
        case 'c': connect_to = optarg; break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    if (strcmp(by, "workers") != 0 && strcmp(by, "connections") != 0) {
        fprintf(stderr, "--serve-by takes workers or connections; got '%s'\n", by);
        return 2;
    }
    if (connect_to != NULL)
        run_client(connect_to);
    struct sockaddr_in address = endpoint_of(endpoint);
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0)
        die("listen");
    table_pages = mebibytes * 256;
    table = mmap(NULL, table_pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED || ledger == MAP_FAILED)
        die("mmap");
    for (size_t page = 0; page < table_pages; page++)
        pattern_write(table + page * PAGE_WORDS, page, 1);
    setpgid(0, 0);
    puts("ready");
    fflush(stdout);
    if (strcmp(by, "workers") == 0)
        serve_by_workers(listener, workers, requests);
    serve_by_connections(listener);
}
