/*
 * A workload of several processes: a parent and three children that share anonymous memory and a ring of pipes. Every member has
 * threads with private memory written in a checkable pattern. The parent answers commands and asks every thread to check itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { CHILDREN = 3, GRANDCHILDREN = 8, MEMBERS = CHILDREN + GRANDCHILDREN, THREADS_MOST = 16, TOKENS = 64, TICK_MS = 5 };

/* What a thread reports; written by that thread alone. */
struct thread_report {
    uint64_t *pages; /* where its memory lies */
    _Atomic uint64_t operations;
    _Atomic uint64_t checked; /* the last check it has finished */
    char mismatch[256];
};

struct member {
    _Atomic int pid; /* 0: the place is free */
    int threads;
    _Atomic uint64_t relayed;
    _Atomic int token_broken;
    struct thread_report reports[THREADS_MOST];
};

/* The memory all of them share. */
struct shared {
    _Atomic uint64_t check;      /* threads check themselves when it grows */
    _Atomic uint64_t forks;      /* how many times the first child was asked to fork */
    _Atomic uint64_t operations; /* counted by everybody: more than the sum of the reports if the memory is no longer shared */
    struct member members[MEMBERS];
    uint64_t board[16][PAGE_WORDS]; /* written by the parent, read by everybody */
};

struct slice {
    int member, thread;
    uint64_t *pages, *versions;
    uint64_t operations;
    pid_t parent;
    pthread_t id;
};

static struct shared *family;
static size_t slice_pages;
static uint64_t rate = 2000;
static int threads = 2;
static int ring[CHILDREN + 1][2];
static uint64_t tokens_sent, tokens_back;
static char first_mismatch[512];

static const char usage[] =
    "usage: familytree [--listen ADDRESS:PORT] [--memory-mib N] [--threads N] [--rate N]\n"
    "A parent and three children with shared memory, pipes and threads; all of them check themselves.\n"
    "  --listen      where the parent takes commands (default 127.0.0.1:7801)\n"
    "  --memory-mib  private memory of each child, in MiB, 1 to 65536 (default 8)\n"
    "  --threads     writing threads of each child, 1 to 16 (default 2)\n"
    "  --rate        page writes a second of each thread, 1 to 1000000 (default 2000)\n"
    "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'fork' makes the first child fork (up to 8\n"
    "times); 'corrupt' changes memory of the second child, which the next check must find; 'quit' ends the family.\n";

static void die(const char *call)
{
    fprintf(stderr, "familytree: %s: %s\n", call, strerror(errno));
    exit(1);
}

static void rest(int milliseconds)
{
    struct timespec time = { .tv_nsec = milliseconds * 1000000L };
    nanosleep(&time, NULL);
}

/* The pages of a fork begin as those of the thread that forked: identities go by the child they descend from. */
static uint64_t identity_of(const struct slice *slice, size_t page)
{
    int descends_from = slice->member < CHILDREN ? slice->member : 0;
    return (((uint64_t)descends_from + 1) << 48) | ((uint64_t)slice->thread << 32) | page;
}

static uint64_t *page_of(const struct slice *slice, size_t page)
{
    return slice->pages + page * PAGE_WORDS;
}

static void check_slice(struct slice *slice, uint64_t check)
{
    struct thread_report *report = &family->members[slice->member].reports[slice->thread];
    char what[200];
    report->mismatch[0] = '\0';
    for (size_t page = 0; page < slice_pages; page++) {
        if (!pattern_check(page_of(slice, page), identity_of(slice, page), slice->versions[page], what, sizeof what)) {
            snprintf(report->mismatch, sizeof report->mismatch, "private memory: %s", what);
            break;
        }
    }
    for (size_t page = 0; page < 16 && report->mismatch[0] == '\0'; page++) {
        if (!pattern_check(family->board[page], page, check, what, sizeof what))
            snprintf(report->mismatch, sizeof report->mismatch, "shared memory: %s", what);
    }
    uint64_t reported = atomic_load(&report->operations);
    if (reported != slice->operations)
        snprintf(report->mismatch, sizeof report->mismatch, "its own count is %" PRIu64 ", the shared one %" PRIu64, slice->operations, reported);
    atomic_store(&report->checked, check);
}

static void fork_family(struct slice *slice);

static void *write_pages(void *argument)
{
    struct slice *slice = argument;
    struct member *member = &family->members[slice->member];
    struct thread_report *report = &member->reports[slice->thread];
    uint64_t random_state = identity_of(slice, 0);
    uint64_t forks = 0; /* not what is asked for by now: that may come before this thread runs */
    double budget = 0;
    while (getppid() == slice->parent) {
        uint64_t check = atomic_load(&family->check);
        if (check != atomic_load(&report->checked))
            check_slice(slice, check);
        if (slice->member == 0 && slice->thread == 0 && atomic_load(&family->forks) != forks) {
            forks++;
            fork_family(slice);
        }
        for (budget += (double)rate * TICK_MS / 1000; budget >= 1; budget--) {
            random_state = mix(random_state);
            size_t page = (size_t)(random_state % slice_pages);
            pattern_write(page_of(slice, page), identity_of(slice, page), ++slice->versions[page]);
            slice->operations++;
            atomic_fetch_add(&report->operations, 1);
            atomic_fetch_add(&family->operations, 1);
        }
        rest(TICK_MS);
    }
    exit(0);
}

/* The fork has this thread only, and of the memory only what this thread writes. */
static void fork_family(struct slice *slice)
{
    int place = CHILDREN;
    while (place < MEMBERS && atomic_load(&family->members[place].pid) != 0)
        place++;
    if (place == MEMBERS)
        return;
    struct member *member = &family->members[place];
    pid_t parent = getpid();
    member->threads = 1;
    atomic_store(&member->reports[0].operations, 0);
    atomic_store(&member->reports[0].checked, atomic_load(&family->check));
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid > 0) {
        atomic_store(&member->pid, pid);
        return;
    }
    for (int edge = 0; edge <= CHILDREN; edge++) {
        close(ring[edge][0]);
        close(ring[edge][1]);
    }
    slice->member = place;
    slice->operations = 0;
    slice->parent = parent;
    write_pages(slice);
}

/* Passes tokens on. Each edge of the ring carries 1, 2, 3...: a lost, repeated or changed one is noticed. */
static void relay(int child)
{
    struct member *member = &family->members[child];
    uint64_t token, expected = 1;
    while (read(ring[child][0], &token, sizeof token) == (ssize_t)sizeof token) {
        if (token != expected++)
            atomic_store(&member->token_broken, 1);
        atomic_fetch_add(&member->relayed, 1);
        if (write(ring[child + 1][1], &token, sizeof token) != (ssize_t)sizeof token)
            break;
    }
    /* The end of the pipe: the family has quit. */
    exit(0);
}

static void run_child(int child, pid_t parent)
{
    for (int edge = 0; edge <= CHILDREN; edge++) {
        if (edge != child)
            close(ring[edge][0]), ring[edge][0] = -1;
        if (edge != child + 1)
            close(ring[edge][1]), ring[edge][1] = -1;
    }
    static struct slice slices[THREADS_MOST];
    for (int thread = 0; thread < threads; thread++) {
        struct slice *slice = &slices[thread];
        slice->member = child;
        slice->thread = thread;
        slice->parent = parent;
        slice->pages = mmap(NULL, slice_pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        family->members[child].reports[thread].pages = slice->pages;
        slice->versions = calloc(slice_pages, sizeof *slice->versions);
        if (slice->pages == MAP_FAILED || slice->versions == NULL)
            die("memory of a child");
        /* Half of it is written before anything else: memory worth moving, and untouched pages beside it. */
        for (size_t page = 0; page < slice_pages; page += 2)
            pattern_write(page_of(slice, page), identity_of(slice, page), slice->versions[page] = 1);
        if (pthread_create(&slice->id, NULL, write_pages, slice) != 0)
            die("pthread_create");
    }
    relay(child);
}

static void turn_ring(void)
{
    uint64_t token;
    while (read(ring[CHILDREN][0], &token, sizeof token) == (ssize_t)sizeof token) {
        if (token != ++tokens_back && first_mismatch[0] == '\0')
            snprintf(first_mismatch, sizeof first_mismatch, "token %" PRIu64 " came back where %" PRIu64 " was due", token, tokens_back);
    }
    while (tokens_sent - tokens_back < TOKENS) {
        token = ++tokens_sent;
        if (write(ring[0][1], &token, sizeof token) != (ssize_t)sizeof token)
            die("write to the ring");
    }
}

static void note_dead_children(void)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid > 0 && first_mismatch[0] == '\0')
        snprintf(first_mismatch, sizeof first_mismatch, "child %d ended with status %d", (int)pid, status);
}

/* Returns 1 when the thread has answered in time; its finding, if any, is kept. */
static int await_report(int index, int thread, uint64_t check)
{
    struct thread_report *report = &family->members[index].reports[thread];
    for (int waited = 0; atomic_load(&report->checked) != check; waited++) {
        if (waited == 20000)
            return 0;
        rest(1);
    }
    if (report->mismatch[0] != '\0' && first_mismatch[0] == '\0')
        snprintf(first_mismatch, sizeof first_mismatch, "member %d thread %d: %s", index, thread, report->mismatch);
    return 1;
}

static void check_family(char *answer, size_t size)
{
    static uint64_t last_operations;
    uint64_t check = atomic_load(&family->check) + 1;
    for (size_t page = 0; page < 16; page++)
        pattern_write(family->board[page], page, check);
    atomic_store(&family->check, check);
    int members = 0, all_threads = 0;
    uint64_t operations = 0, relayed = 0;
    for (int index = 0; index < MEMBERS; index++) {
        struct member *member = &family->members[index];
        if (atomic_load(&member->pid) == 0)
            continue;
        members++;
        if (atomic_load(&member->token_broken) && first_mismatch[0] == '\0')
            snprintf(first_mismatch, sizeof first_mismatch, "member %d received a token out of order", index);
        relayed += atomic_load(&member->relayed);
        for (int thread = 0; thread < member->threads; thread++, all_threads++) {
            if (!await_report(index, thread, check)) {
                snprintf(answer, size, "mismatch: member %d (process %d) thread %d does not answer", index, atomic_load(&member->pid), thread);
                return;
            }
            operations += atomic_load(&member->reports[thread].operations);
        }
    }
    note_dead_children();
    uint64_t total = atomic_load(&family->operations);
    if ((total < operations || operations < last_operations) && first_mismatch[0] == '\0')
        snprintf(first_mismatch, sizeof first_mismatch, "shared counters went back: %" PRIu64 " in all, %" PRIu64 " reported, %" PRIu64 " before",
                 total, operations, last_operations);
    last_operations = operations;
    if (first_mismatch[0] != '\0')
        snprintf(answer, size, "mismatch: %s", first_mismatch);
    else
        snprintf(answer, size, "ok members=%d threads=%d pages=%zu operations=%" PRIu64 " tokens=%" PRIu64 " relayed=%" PRIu64, members, all_threads,
                 (size_t)all_threads * slice_pages, operations, tokens_back, relayed);
}

/* Changes one word in each of some pages of the second child behind its back, so that a test can see that 'check' would notice:
   some, because the child may rewrite one before it looks. */
static void corrupt(char *answer, size_t size)
{
    struct member *member = &family->members[1];
    size_t pages = slice_pages < 32 ? slice_pages : 32;
    for (size_t page = 0; page < pages; page++) {
        uint64_t wrong = 1;
        struct iovec local = { &wrong, sizeof wrong };
        struct iovec remote = { member->reports[0].pages + page * PAGE_WORDS + PAGE_WORDS / 2, sizeof wrong };
        if (process_vm_writev(atomic_load(&member->pid), &local, 1, &remote, 1, 0) != (ssize_t)sizeof wrong) {
            snprintf(answer, size, "refused: process_vm_writev: %s", strerror(errno));
            return;
        }
    }
    snprintf(answer, size, "ok one word changed in %zu pages of member 1 thread 0", pages);
}

static void end_children(void)
{
    for (int index = 0; index < MEMBERS; index++) {
        int pid = atomic_load(&family->members[index].pid);
        if (pid != 0)
            kill(pid, SIGKILL);
    }
}

static void answer_fork(char *answer, size_t size)
{
    uint64_t asked = atomic_fetch_add(&family->forks, 1) + 1;
    if (asked > GRANDCHILDREN) {
        snprintf(answer, size, "refused: the first child forks %d times at most", GRANDCHILDREN);
        return;
    }
    struct member *member = &family->members[CHILDREN + asked - 1];
    for (int waited = 0; atomic_load(&member->pid) == 0 && waited < 20000; waited++)
        rest(1);
    if (atomic_load(&member->pid) == 0)
        snprintf(answer, size, "mismatch: the first child does not fork");
    else
        snprintf(answer, size, "ok pid=%d", atomic_load(&member->pid));
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "check") == 0)
        check_family(answer, size);
    else if (strcmp(command, "fork") == 0)
        answer_fork(answer, size);
    else if (strcmp(command, "corrupt") == 0)
        corrupt(answer, size);
    else if (strcmp(command, "quit") == 0) {
        end_children();
        exit(0);
    } else
        snprintf(answer, size, "unknown command; known are: check, fork, corrupt, quit");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' },  { "memory-mib", required_argument, NULL, 'm' },
        { "threads", required_argument, NULL, 't' }, { "rate", required_argument, NULL, 'r' },
        { "help", no_argument, NULL, 'h' },          { 0 },
    };
    const char *endpoint = "127.0.0.1:7801";
    uint64_t mebibytes = 8;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': mebibytes = number("memory-mib", optarg, 1, 65536); break;
        case 't': threads = (int)number("threads", optarg, 1, THREADS_MOST); break;
        case 'r': rate = number("rate", optarg, 1, 1000000); break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    slice_pages = mebibytes * 256 / (size_t)threads;
    family = mmap(NULL, sizeof *family, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (family == MAP_FAILED)
        die("shared memory");
    for (int edge = 0; edge <= CHILDREN; edge++) {
        if (pipe2(ring[edge], edge == CHILDREN ? O_NONBLOCK : 0) != 0)
            die("pipe");
    }
    pid_t parent = getpid();
    for (int child = 0; child < CHILDREN; child++) {
        family->members[child].threads = threads;
        pid_t pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0)
            run_child(child, parent);
        atomic_store(&family->members[child].pid, pid);
    }
    for (int edge = 0; edge <= CHILDREN; edge++) {
        if (edge != CHILDREN)
            close(ring[edge][0]), ring[edge][0] = -1;
        if (edge != 0)
            close(ring[edge][1]), ring[edge][1] = -1;
    }
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;) {
        commands_serve(&commands, 2 * TICK_MS);
        turn_ring();
        note_dead_children();
    }
}
