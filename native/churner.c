/*
 * A family whose members come and go all the time: it forks, vforks, executes, starts threads, leaves orphans and zombies, at random from a seed. Each member checks
 * its own memory and what it has from its parent before it ends, and says by its exit status whether it was right.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { MOST_MEMBERS = 24, DEEPEST = 3, MOST_PAGES = 1 << 20, WRONG = 3 };

/* The memory all of them share, but for those that executed. */
struct ledger {
    _Atomic int living;
    _Atomic uint64_t forks, vforks, execs, threads, orphans, ended, operations;
    _Atomic int failed;
    char what[256];
};

static struct ledger *ledger;
static uint64_t *area; /* private: written by the root, inherited by all */
static uint32_t *versions;
static size_t area_pages = 512;
static uint64_t rate = 25, state;
static size_t child_pages = 256;
static char self[256];

static const char usage[] =
    "usage: churner [--listen ADDRESS:PORT] [--memory-mib N] [--child-kib N] [--rate N] [--seed N]\n"
    "A family whose members come and go, each of which checks its memory before it ends.\n"
    "  --listen      where the root takes commands (default 127.0.0.1:7805)\n"
    "  --memory-mib  memory of the root that all inherit, in MiB, 1 to 4096 (default 2)\n"
    "  --child-kib   the most memory that a child writes of its own, in KiB, 4 to 1048576 (default 1024)\n"
    "  --rate        births by the root a second, 1 to 10000 (default 25)\n"
    "  --seed        of everything that is random (default 1)\n"
    "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'corrupt' changes a word that the next child must find; 'quit' ends the family.\n";

static void die(const char *call)
{
    fprintf(stderr, "churner: %s: %s\n", call, strerror(errno));
    exit(1);
}

static uint64_t draw(uint64_t below)
{
    state = mix(state);
    return below == 0 ? 0 : state % below;
}

static void rest(uint64_t microseconds)
{
    struct timespec time = { .tv_sec = (time_t)(microseconds / 1000000), .tv_nsec = (long)(microseconds % 1000000) * 1000 };
    nanosleep(&time, NULL);
}

static void wrong(const char *what)
{
    if (atomic_exchange(&ledger->failed, 1) == 0)
        snprintf(ledger->what, sizeof ledger->what, "process %d: %s", getpid(), what);
    _exit(WRONG);
}

static void *map(size_t pages)
{
    void *memory = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    return memory;
}

static void write_page(size_t page)
{
    pattern_write(area + page * PAGE_WORDS, page, ++versions[page]);
    atomic_fetch_add(&ledger->operations, 1);
}

static void discard_page(size_t page)
{
    if (madvise(area + page * PAGE_WORDS, PAGE_BYTES, MADV_DONTNEED) != 0)
        wrong("madvise");
    versions[page] = 0;
}

static void check_page(size_t page)
{
    char what[200];
    if (!pattern_check(area + page * PAGE_WORDS, page, versions[page], what, sizeof what))
        wrong(what);
}

static void check_area(void)
{
    for (size_t page = 0; page < area_pages; page++)
        check_page(page);
}

/* Memory of its own: written, kept for a while, checked. */
static int use_memory(uint64_t seed, size_t pages, uint64_t microseconds)
{
    uint64_t *memory = map(pages);
    char what[200];
    for (size_t page = 0; page < pages; page++)
        pattern_write(memory + page * PAGE_WORDS, seed + page, 1 + page % 3);
    rest(microseconds);
    for (size_t page = 0; page < pages; page++) {
        if (!pattern_check(memory + page * PAGE_WORDS, seed + page, 1 + page % 3, what, sizeof what)) {
            fprintf(stderr, "churner: own memory: %s\n", what);
            return 0;
        }
    }
    munmap(memory, pages * PAGE_BYTES);
    return 1;
}

/* What a member that has executed does: nothing of its family is left in it. */
static int leaf(char **arguments)
{
    uint64_t seed = strtoull(arguments[0], NULL, 10);
    int again = atoi(arguments[1]);
    if (!use_memory(seed, 1 + mix(seed) % 64, mix(seed + 1) % 30000))
        return WRONG;
    if (again > 0) {
        char number[24], count[12];
        snprintf(number, sizeof number, "%llu", (unsigned long long)mix(seed + 2));
        snprintf(count, sizeof count, "%d", again - 1);
        execl(arguments[2], arguments[2], "leaf", number, count, arguments[2], (char *)NULL);
        return 4;
    }
    return 0;
}

static void execute(uint64_t seed, const char *again)
{
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
    execl(self, self, "leaf", number, again, self, (char *)NULL);
    _exit(5);
}

static void *live_as_thread(void *argument)
{
    uint64_t seed = (uint64_t)(uintptr_t)argument;
    if (!use_memory(seed, 1 + mix(seed) % 16, mix(seed) % 5000))
        wrong("memory of a thread");
    return NULL;
}

static void start_threads(int count)
{
    pthread_t threads[4];
    for (int i = 0; i < count; i++) {
        atomic_fetch_add(&ledger->threads, 1);
        if (pthread_create(&threads[i], NULL, live_as_thread, (void *)(uintptr_t)draw(UINT32_MAX)) != 0)
            die("pthread_create");
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* The child runs in the memory of its parent, which stands still, until it executes. */
static pid_t birth_by_vfork(void)
{
    char number[24];
    struct timespec moment = { .tv_nsec = (long)draw(2000000) };
    snprintf(number, sizeof number, "%llu", (unsigned long long)draw(UINT64_MAX));
    atomic_fetch_add(&ledger->vforks, 1);
    pid_t child = vfork();
    if (child == 0) {
        syscall(SYS_nanosleep, &moment, NULL);
        execl(self, self, "leaf", number, "0", self, (char *)NULL);
        _exit(5);
    }
    return child;
}

static void await(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0)
        wrong("a child of its ended wrongly");
}

static pid_t birth_by_fork(int depth);

static void live(int depth)
{
    for (uint64_t step = 0, steps = 1 + draw(6); step < steps; step++) {
        pid_t child;
        switch (draw(9)) {
        case 0:
        case 1:
            for (uint64_t i = 0; i < 16; i++)
                write_page(draw(area_pages));
            break;
        case 2:
            check_area();
            break;
        case 3:
            if (!use_memory(draw(UINT32_MAX), 1 + draw(child_pages), draw(20000)))
                wrong("own memory");
            break;
        case 4:
            start_threads(1 + (int)draw(3));
            break;
        case 5:
            if ((child = birth_by_vfork()) > 0)
                await(child);
            break;
        case 6:
            child = birth_by_fork(depth + 1);
            if (child > 0 && draw(2) == 0)
                await(child);
            else if (child > 0)
                atomic_fetch_add(&ledger->orphans, 1);
            break;
        case 7:
            discard_page(draw(area_pages));
            break;
        default:
            rest(draw(30000));
        }
    }
    check_area();
}

static pid_t birth_by_fork(int depth)
{
    if (depth > DEEPEST || atomic_fetch_add(&ledger->living, 1) >= MOST_MEMBERS) {
        if (depth <= DEEPEST)
            atomic_fetch_sub(&ledger->living, 1);
        return 0;
    }
    uint64_t seed = draw(UINT64_MAX);
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child > 0) {
        atomic_fetch_add(&ledger->forks, 1);
        return child;
    }
    state = seed;
    live(depth);
    atomic_fetch_sub(&ledger->living, 1);
    if (draw(4) == 0) {
        atomic_fetch_add(&ledger->execs, 1);
        execute(draw(UINT64_MAX), draw(2) ? "0" : "2");
    }
    _exit(0);
}

/* Children of the root, and orphans that came to it. Some are left lying for a while. */
static void reap(void)
{
    int status;
    pid_t child;
    while (draw(4) != 0 && (child = waitpid(-1, &status, WNOHANG)) > 0) {
        atomic_fetch_add(&ledger->ended, 1);
        if (status != 0 && atomic_exchange(&ledger->failed, 1) == 0)
            snprintf(ledger->what, sizeof ledger->what, "child %d ended with status %x", child, status);
    }
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "quit") == 0) {
        signal(SIGTERM, SIG_IGN);
        kill(0, SIGTERM);
        exit(0);
    }
    if (strcmp(command, "corrupt") == 0) {
        area[PAGE_WORDS / 2] ^= 1;
        snprintf(answer, size, "ok one word changed");
        return;
    }
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, corrupt, quit");
        return;
    }
    char what[200];
    for (size_t page = 0; page < area_pages; page++) {
        if (!pattern_check(area + page * PAGE_WORDS, page, versions[page], what, sizeof what)) {
            snprintf(answer, size, "mismatch: root: %s", what);
            return;
        }
    }
    if (atomic_load(&ledger->failed))
        snprintf(answer, size, "mismatch: %s", ledger->what);
    else
        snprintf(answer, size, "ok operations=%" PRIu64 " forks=%" PRIu64 " vforks=%" PRIu64 " execs=%" PRIu64 " threads=%" PRIu64 " orphans=%" PRIu64 " ended=%" PRIu64,
                 atomic_load(&ledger->operations), atomic_load(&ledger->forks), atomic_load(&ledger->vforks), atomic_load(&ledger->execs),
                 atomic_load(&ledger->threads), atomic_load(&ledger->orphans), atomic_load(&ledger->ended));
}

static void give_birth(void)
{
    switch (draw(6)) {
    case 0:
        birth_by_vfork();
        break;
    case 1:
        start_threads(1 + (int)draw(4));
        break;
    default:
        birth_by_fork(1);
    }
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[1], "leaf") == 0)
        return leaf(arguments + 2);
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' }, { "child-kib", required_argument, NULL, 'c' },
        { "rate", required_argument, NULL, 'r' },   { "seed", required_argument, NULL, 's' },       { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    const char *endpoint = "127.0.0.1:7805";
    uint64_t seed = 1;
    int option;
    while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': area_pages = number("memory-mib", optarg, 1, 4096) * 256; break;
        case 'c': child_pages = number("child-kib", optarg, 4, 1048576) / 4; break;
        case 'r': rate = number("rate", optarg, 1, 10000); break;
        case 's': seed = number("seed", optarg, 0, UINT64_MAX); break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    state = mix(seed);
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
        die("the beginning");
    ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ledger == MAP_FAILED)
        die("shared memory");
    area = map(area_pages);
    versions = map((area_pages * sizeof *versions + PAGE_BYTES - 1) / PAGE_BYTES);
    for (size_t page = 0; page < area_pages; page++)
        write_page(page);
    setpgid(0, 0);
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;) {
        commands_serve(&commands, 1000 / (int)(rate > 1000 ? 1000 : rate));
        for (uint64_t births = rate > 1000 ? rate / 1000 : 1; births > 0; births--)
            give_birth();
        for (int i = 0; i < 32; i++)
            write_page(draw(area_pages));
        reap();
    }
}
