/*
 * A program that holds many things of one kind, and little memory: mappings, descriptors, sockets, connections, processes, threads, or memory that
 * is shared. Whoever moves it pays for each of them. 'check' looks whether they are all there and hold what they should.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "commands.h"
#include "options.h"

enum { PAGE = 4096, LOT = 2 * PAGE, STACK = 65536 };

static uint64_t mappings, descriptors, sockets, connections, processes, threads, shared_mib;
static char *lots, *shared;
static int *files, *ends;
static pid_t *children;
static size_t end_count;
static uint64_t checks;
static volatile uint64_t touched;

static void die(const char *call)
{
    fprintf(stderr, "hoarder: %s: %s\n", call, strerror(errno));
    exit(1);
}

static void *sleep_on(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void map_lots(void)
{
    lots = mmap(NULL, mappings * LOT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (lots == MAP_FAILED)
        die("mmap");
    for (uint64_t i = 0; i < mappings; i++)
        *(uint64_t *)(lots + i * LOT) = i + 1, *(uint64_t *)(lots + i * LOT + PAGE) = ~i;
    for (uint64_t i = 0; i < mappings; i += 2)
        if (mprotect(lots + i * LOT, LOT, PROT_READ) != 0)
            die("mprotect");
}

static void share(void)
{
    size_t bytes = shared_mib << 20;
    shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        die("mmap of shared memory");
    for (size_t i = 0; i < bytes; i += 64)
        *(uint64_t *)(shared + i) = i * 0x9e3779b97f4a7c15u + 1;
}

static void connect_pair(int listener, struct sockaddr_in *address, int *pair)
{
    socklen_t length = sizeof *address;
    if (getsockname(listener, (struct sockaddr *)address, &length) != 0)
        die("getsockname");
    pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pair[0] < 0 || connect(pair[0], (struct sockaddr *)address, sizeof *address) != 0)
        die("connect");
    pair[1] = accept(listener, NULL, NULL);
    if (pair[1] < 0)
        die("accept");
}

static void connect_all(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 128) != 0)
        die("listen");
    for (uint64_t i = 0; i + 1 < connections; i += 2, end_count += 2)
        connect_pair(listener, &address, ends + end_count);
}

static void prepare(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    files = calloc(descriptors + 1, sizeof *files);
    ends = calloc(sockets + connections + 4, sizeof *ends);
    children = calloc(processes + 1, sizeof *children);
    if (mappings > 0)
        map_lots();
    if (shared_mib > 0)
        share();
    for (uint64_t i = 0; i < processes; i++) {
        if ((children[i] = fork()) < 0)
            die("fork");
        if (children[i] == 0) {
            /* So that the memory is resident in every process. */
            for (size_t byte = 0; byte < shared_mib << 20; byte += PAGE)
                touched += shared[byte];
            sleep_on(NULL);
        }
    }
    for (uint64_t i = 0; i < descriptors; i++)
        if ((files[i] = open("/etc/hostname", O_RDONLY | O_CLOEXEC)) < 0 || lseek(files[i], (off_t)i, SEEK_SET) < 0)
            die("open");
    for (uint64_t i = 0; i + 1 < sockets; i += 2, end_count += 2)
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends + end_count) != 0)
            die("socketpair");
    if (connections > 0)
        connect_all();
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    for (uint64_t i = 0; i < threads; i++) {
        pthread_t thread;
        if ((errno = pthread_create(&thread, &attributes, sleep_on, NULL)) != 0)
            die("pthread_create");
    }
}

/* What is wrong; NULL when nothing is. */
static const char *find_fault(void)
{
    for (uint64_t i = 0; i < mappings; i++)
        if (*(uint64_t *)(lots + i * LOT) != i + 1 || *(uint64_t *)(lots + i * LOT + PAGE) != ~i)
            return "a mapping holds something else";
    for (size_t i = 0; i < shared_mib << 20; i += 64)
        if (*(uint64_t *)(shared + i) != i * 0x9e3779b97f4a7c15u + 1)
            return "shared memory holds something else";
    for (uint64_t i = 0; i < descriptors; i++)
        if (lseek(files[i], 0, SEEK_CUR) != (off_t)i)
            return "a descriptor stands somewhere else";
    for (size_t i = 0; i < end_count; i += 2) {
        char byte = 0;
        if (write(ends[i], "x", 1) != 1 || read(ends[i + 1], &byte, 1) != 1 || byte != 'x')
            return "a pair of sockets is not connected";
    }
    for (uint64_t i = 0; i < processes; i++)
        if (waitpid(children[i], NULL, WNOHANG) != 0)
            return "a child has ended";
    return NULL;
}

static void answer(const char *command, char *text, size_t size)
{
    if (strcmp(command, "quit") == 0) {
        for (uint64_t i = 0; i < processes; i++)
            kill(children[i], SIGKILL);
        exit(0);
    }
    if (strcmp(command, "check") != 0) {
        snprintf(text, size, "unknown command; known are: check, quit");
        return;
    }
    const char *fault = find_fault();
    if (fault == NULL)
        snprintf(text, size, "ok operations=%" PRIu64, ++checks);
    else
        snprintf(text, size, "mismatch: %s", fault);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; uint64_t *value, most; } held[] = {
        { "mappings", &mappings, 65000 },       { "descriptors", &descriptors, 1000000 }, { "sockets", &sockets, 1000000 },
        { "connections", &connections, 50000 }, { "processes", &processes, 20000 },       { "threads", &threads, 20000 },
        { "shared-mib", &shared_mib, 65536 },
    };
    enum { HELD = sizeof held / sizeof *held };
    static struct option options[HELD + 2];
    for (int i = 0; i < HELD; i++)
        options[i] = (struct option){ held[i].name, required_argument, NULL, i };
    options[HELD] = (struct option){ "listen", required_argument, NULL, 'l' };
    const char *endpoint = "127.0.0.1:7821";
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'l') {
            endpoint = optarg;
        } else if (option < HELD) {
            *held[option].value = number(held[option].name, optarg, 0, held[option].most);
        } else {
            fprintf(stderr, "usage: hoarder [--listen ADDRESS:PORT] [--mappings|--descriptors|--sockets|--connections|--processes|--threads|--shared-mib N]...\n"
                            "Holds so many things and next to no memory. Commands, one a line: 'check' answers 'ok' or 'mismatch: WHAT'; 'quit' ends it.\n");
            return 2;
        }
    }
    static struct commands commands;
    prepare();
    commands_listen(&commands, endpoint, answer);
    puts("ready");
    fflush(stdout);
    for (;;)
        commands_serve(&commands, 1000);
}
