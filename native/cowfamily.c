/*
 * A family that has its memory in common by copy-on-write: children that write nothing, one that writes half of it, one with a child of its own, one with threads, one that has
 * executed; the parent gives up a part. Each checks its memory when asked.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { PARENT, IDLE, SECOND_IDLE, WRITER, MOTHER, GRANDCHILD, THREADED, MEMBERS };

struct ledger {
    _Atomic uint64_t asked, answered[MEMBERS];
    _Atomic int ready;
    char wrong[MEMBERS][200];
};

static struct ledger *ledger;
static uint64_t *area;
static size_t pages = 32 * 256;

static const char usage[] =
    "usage: cowfamily [--listen ADDRESS:PORT] [--memory-mib N]\n"
    "A family that has its memory in common by copy-on-write.\n"
    "  --listen      where the parent takes commands (default 127.0.0.1:7808)\n"
    "  --memory-mib  the memory that all have in common, in MiB, 1 to 65536 (default 32)\n"
    "Commands, one a line: 'check' answers 'ok operations=COUNT' or 'mismatch: WHAT'; 'quit' ends the family.\n";

static void rest(void)
{
    struct timespec time = { .tv_nsec = 10000000 };
    nanosleep(&time, NULL);
}

/* The writer has changed the second half, the parent has given up the last sixteenth. */
static uint64_t version_of(int member, size_t page)
{
    if (member == WRITER && page >= pages / 2)
        return 2;
    return member == PARENT && page >= pages - pages / 16 ? 0 : 1;
}

static void check(int member, uint64_t number)
{
    ledger->wrong[member][0] = '\0';
    for (size_t page = 0; page < pages; page++) {
        if (!pattern_check(area + page * PAGE_WORDS, page, version_of(member, page), ledger->wrong[member], sizeof ledger->wrong[member]))
            break;
    }
    atomic_store(&ledger->answered[member], number);
}

static void live(int member)
{
    atomic_fetch_add(&ledger->ready, 1);
    for (uint64_t done = 0;; rest()) {
        uint64_t asked = atomic_load(&ledger->asked);
        if (asked != done)
            check(member, done = asked);
    }
}

static void *idle(void *unused)
{
    for (;;)
        rest();
    return unused;
}

static void begin(int member)
{
    if (fork() != 0)
        return;
    pthread_t thread;
    if (member == WRITER) {
        for (size_t page = pages / 2; page < pages; page++)
            pattern_write(area + page * PAGE_WORDS, page, 2);
    } else if (member == MOTHER) {
        begin(GRANDCHILD);
    } else if (member == THREADED) {
        pthread_create(&thread, NULL, idle, NULL);
        pthread_create(&thread, NULL, idle, NULL);
    }
    live(member);
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "quit") == 0) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM);
        exit(0);
    }
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, quit");
        return;
    }
    uint64_t number = atomic_fetch_add(&ledger->asked, 1) + 1;
    check(PARENT, number);
    for (int member = 0; member < MEMBERS; member++) {
        for (int patience = 2000; atomic_load(&ledger->answered[member]) != number && patience > 0; patience--)
            rest();
        if (atomic_load(&ledger->answered[member]) != number || ledger->wrong[member][0] != '\0') {
            snprintf(answer, size, "mismatch: member %d: %s", member, ledger->wrong[member][0] ? ledger->wrong[member] : "no answer");
            return;
        }
    }
    snprintf(answer, size, "ok operations=%" PRIu64, number);
}

int main(int count, char **arguments)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' }, { "help", no_argument, NULL, 'h' }, { 0 },
    };
    if (count == 2 && strcmp(arguments[1], "executed") == 0)
        idle(NULL);
    const char *endpoint = "127.0.0.1:7808";
    int option;
    while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': pages = number("memory-mib", optarg, 1, 65536) * 256; break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    setpgid(0, 0);
    /* Below everything else: CRIU does not see that a mapping is inherited when others that only the child has, like the stacks of its threads, lie right before it. */
    area = mmap((void *)0x100000000000, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED || ledger == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (size_t page = 0; page < pages; page++)
        pattern_write(area + page * PAGE_WORDS, page, 1);
    for (int member = IDLE; member <= THREADED; member++) {
        if (member != GRANDCHILD)
            begin(member);
    }
    if (fork() == 0) {
        execl("/proc/self/exe", "cowfamily", "executed", (char *)NULL);
        _exit(5);
    }
    while (atomic_load(&ledger->ready) < MEMBERS - 1)
        rest();
    madvise(area + (pages - pages / 16) * PAGE_WORDS, pages / 16 * PAGE_BYTES, MADV_DONTNEED);
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;)
        commands_serve(&commands, 10);
}
