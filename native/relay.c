/*
 * A tree that never holds still: threads that each start the next one and end, children that end as soon as they have begun, or connections over a unix socket that are made
 * and closed all the time. What passes from one to the next is counted and checked.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { RUNNERS_MOST = 256, PAGES = 64, VISIT_PAUSE_US = 2000 };

struct ledger {
    _Atomic uint64_t passed[RUNNERS_MOST];
    _Atomic int wrong;
};

static struct ledger *ledger;
static uint64_t *area; /* each runner has a page of its own, and hands it on */
static uint64_t versions[RUNNERS_MOST];
static unsigned runners = 4;

static const char usage[] =
    "usage: relay [--listen ADDRESS:PORT] [--of threads|children|connections] [--runners N]\n"
    "A tree that never holds still.\n"
    "  --listen   where it takes commands (default 127.0.0.1:7809)\n"
    "  --of       threads: each starts the next one and ends; children: each ends at once, and its parent starts the next one; connections: to a\n"
    "             unix socket, from as many processes, each made, used and closed (default threads)\n"
    "  --runners  how many at a time, 1 to 256 (default 4)\n"
    "Commands, one a line: 'check' answers 'ok operations=COUNT' or 'mismatch: WHAT'; 'quit' ends the tree.\n";

static void die(const char *call)
{
    fprintf(stderr, "relay: %s: %s\n", call, strerror(errno));
    exit(1);
}

static void pass_on(size_t runner)
{
    char what[200];
    uint64_t *page = area + runner % PAGES * PAGE_WORDS;
    if (runners <= PAGES && !pattern_check(page, runner, versions[runner], what, sizeof what))
        atomic_store(&ledger->wrong, 1);
    if (runners <= PAGES)
        pattern_write(page, runner, ++versions[runner]);
    atomic_fetch_add(&ledger->passed[runner], 1);
}

static void *run_thread(void *runner)
{
    pthread_t next;
    pthread_attr_t detached;
    pass_on((size_t)runner);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&detached, 65536);
    while (pthread_create(&next, &detached, run_thread, runner) != 0)
        sched_yield();
    return NULL;
}

static void run_children(size_t runner)
{
    for (;;) {
        pass_on(runner);
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        int status;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            atomic_store(&ledger->wrong, 1);
    }
}

static struct sockaddr_un name;
static socklen_t name_length;

static void run_visitor(size_t runner)
{
    for (;;) {
        char byte = 'x';
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&name, name_length) != 0 || send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, 0) != 1 || byte != 'y')
            atomic_store(&ledger->wrong, 1);
        close(fd);
        pass_on(runner);
        usleep(VISIT_PAUSE_US);
    }
}

static void run_host(int listener)
{
    for (;;) {
        char byte = 0;
        int fd = accept(listener, NULL, NULL);
        if (fd < 0 || recv(fd, &byte, 1, 0) != 1 || byte != 'x' || send(fd, "y", 1, MSG_NOSIGNAL) != 1)
            atomic_store(&ledger->wrong, 1);
        close(fd);
    }
}

static int open_host(void)
{
    name.sun_family = AF_UNIX;
    name_length = (socklen_t)(sizeof name.sun_family + 1 + (size_t)snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "relay-%d", getpid()));
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&name, name_length) != 0 || listen(listener, RUNNERS_MOST) != 0)
        die("listen");
    return listener;
}

static void start(const char *of)
{
    int listener = strcmp(of, "connections") == 0 ? open_host() : -1;
    if (listener >= 0 && fork() == 0)
        run_host(listener);
    for (size_t runner = 0; runner < runners; runner++) {
        pthread_t thread;
        if (strcmp(of, "threads") == 0) {
            if (pthread_create(&thread, NULL, run_thread, (void *)runner) != 0)
                die("pthread_create");
        } else if (fork() == 0) {
            if (listener >= 0)
                run_visitor(runner);
            run_children(runner);
        }
    }
}

static void answer_command(const char *command, char *answer, size_t size)
{
    uint64_t passed = 0, least = UINT64_MAX;
    if (strcmp(command, "quit") == 0) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM);
        exit(0);
    }
    for (size_t runner = 0; runner < runners; runner++) {
        uint64_t one = atomic_load(&ledger->passed[runner]);
        passed += one;
        least = one < least ? one : least;
    }
    if (strcmp(command, "check") != 0)
        snprintf(answer, size, "unknown command; known are: check, quit");
    else if (atomic_load(&ledger->wrong))
        snprintf(answer, size, "mismatch: a runner got something wrong");
    else
        snprintf(answer, size, "ok operations=%" PRIu64 " least=%" PRIu64, passed, least);
}

int main(int count, char **arguments)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "of", required_argument, NULL, 'o' }, { "runners", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 },
    };
    const char *endpoint = "127.0.0.1:7809", *of = "threads";
    int option;
    while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'o': of = optarg; break;
        case 'r': runners = (unsigned)number("runners", optarg, 1, RUNNERS_MOST); break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    if (strcmp(of, "threads") != 0 && strcmp(of, "children") != 0 && strcmp(of, "connections") != 0) {
        fprintf(stderr, "--of takes threads, children or connections; got '%s'\n", of);
        return 2;
    }
    setpgid(0, 0);
    area = mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED || ledger == MAP_FAILED)
        die("mmap");
    for (size_t runner = 0; runner < PAGES; runner++)
        pattern_write(area + runner * PAGE_WORDS, runner, versions[runner] = 1);
    struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    start(of);
    puts("ready");
    fflush(stdout);
    for (;;)
        commands_serve(&commands, 100);
}
