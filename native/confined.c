/*
 * A program that is confined as services are, or reserves addresses as managed runtimes do, and checks that this stays so: filters of system calls on all threads, on one, on ever more of them
 * while it works; a child in strict mode; reservations much larger than memory; guard regions.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "worker.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

enum { MOST_FILTERS = 8, WORK_PER_FILTER = 300, ISLAND_PAGES = 256, GUARD_PAGES = 64 };

static struct guarded memory, low, high;
static char *reserved;
static size_t reserved_bytes;
static char *guards;
static unsigned filters;
static pid_t other_thread;
static int to_strict = -1, from_strict = -1;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Everything is allowed but to leave namespaces, which ends the program: a filter that is looked at for each call. */
static void add_filter(unsigned flags)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof program / sizeof *program, program };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) != 0)
        fail("seccomp");
}

static void *idle_thread(void *filtered)
{
    if (filtered != NULL)
        add_filter(0);
    __atomic_store_n(&other_thread, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    for (;;)
        pause();
    return NULL;
}

static void start_thread(int filtered)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, idle_thread, filtered ? &filters : NULL) != 0)
        fail("a thread");
    while (__atomic_load_n(&other_thread, __ATOMIC_ACQUIRE) == 0)
        usleep(1000);
}

/* The child may read and write and nothing else. */
static void start_strict_child(void)
{
    int there[2], back[2];
    if (pipe(there) != 0 || pipe(back) != 0)
        fail("a pipe");
    if (fork() == 0) {
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        for (char byte; syscall(SYS_read, there[0], &byte, 1) == 1;)
            syscall(SYS_write, back[1], &byte, 1);
        syscall(SYS_exit, 0);
    }
    to_strict = there[1], from_strict = back[0];
}

static void reserve(size_t gibibytes, int protection, int flags)
{
    reserved_bytes = gibibytes << 30;
    reserved = mmap(NULL, reserved_bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (reserved == MAP_FAILED)
        fail("a reservation");
    const size_t bytes = ISLAND_PAGES * PAGE_BYTES;
    struct { struct guarded *guard; char *start; const char *name; } islands[] = {
        { &low, reserved + (1ul << 30), "the low island" }, { &high, reserved + reserved_bytes - (1ul << 30), "the high island" },
    };
    for (size_t i = 0; i < 2; i++) {
        if (mprotect(islands[i].start, bytes, PROT_READ | PROT_WRITE) != 0)
            fail("an island");
        guarded_adopt(islands[i].guard, islands[i].name, islands[i].start, bytes);
        for (size_t page = 0; page < ISLAND_PAGES; page++)
            pattern_write((uint64_t *)islands[i].start + page * PAGE_WORDS, page, worker->seed + 2 + i);
        guarded_seal(islands[i].guard, islands[i].start, bytes);
    }
}

/* Every other page may not be touched. */
static void install_guards(void)
{
    guards = mmap(NULL, GUARD_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guards == MAP_FAILED)
        fail("memory for guards");
    memset(guards, 7, GUARD_PAGES * PAGE_BYTES);
    for (size_t page = 1; page < GUARD_PAGES; page += 2) {
        if (madvise(guards + page * PAGE_BYTES, PAGE_BYTES, MADV_GUARD_INSTALL) != 0)
            fail("a guard");
    }
}

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    if (worker_is("one-thread") || worker_is("all-threads"))
        start_thread(worker_is("one-thread"));
    if (worker_is("filter") || worker_is("all-threads")) {
        add_filter(worker_is("all-threads") ? SECCOMP_FILTER_FLAG_TSYNC : 0);
        filters = 1;
    }
    if (worker_is("strict-child"))
        start_strict_child();
    if (worker_is("reserved"))
        reserve(400, PROT_NONE, 0);
    if (worker_is("reserved-terabytes"))
        reserve(8192, PROT_NONE, 0);
    if (worker_is("reserved-readable"))
        reserve(400, PROT_READ, 0);
    if (worker_is("reserved-writable"))
        reserve(400, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    if (worker_is("guards"))
        install_guards();
}

static void work(void)
{
    uint64_t page = mix(worker->seed + worker_operations) % memory.pages;
    uint64_t *data = (uint64_t *)memory.data + page * PAGE_WORDS;
    pattern_write(data, page, worker_operations + 2);
    guarded_seal(&memory, data, PAGE_BYTES);
    if (worker_is("ever-more-filters") && filters < MOST_FILTERS && worker_operations % WORK_PER_FILTER == WORK_PER_FILTER - 1) {
        add_filter(0);
        filters++;
    }
}

/* A number that the kernel shows of a thread; -1 when it does not. */
static long shown(pid_t thread, const char *field)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)thread);
    FILE *status = fopen(path, "r");
    long value = -1;
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0)
            value = strtol(line + strlen(field), NULL, 10);
    }
    if (status != NULL)
        fclose(status);
    return value;
}

static int is_confined(pid_t thread, long expected, char *text, size_t size)
{
    long found = shown(thread, "Seccomp_filters:"), privileges = shown(thread, "NoNewPrivs:");
    if (found == expected && (expected == 0 || privileges == 1))
        return 1;
    snprintf(text, size, "a thread has %ld filters of %ld, and NoNewPrivs is %ld", found, expected, privileges);
    return 0;
}

static int is_guarded(char *text, size_t size)
{
    for (size_t page = 0; page < GUARD_PAGES; page++) {
        char byte = 0;
        struct iovec here = { &byte, 1 }, there = { guards + page * PAGE_BYTES, 1 };
        int readable = process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
        if (readable != (page % 2 == 0) || (readable && byte != 7)) {
            snprintf(text, size, "page %zu of the guarded ones is %s and holds %d", page, readable ? "readable" : "not readable", byte);
            return 0;
        }
    }
    return 1;
}

static int report(char *text, size_t size)
{
    text[0] = 0;
    if (!is_confined(getpid(), filters, text, size))
        return 0;
    if (other_thread != 0 && !is_confined(other_thread, 1, text, size))
        return 0;
    if (to_strict >= 0) {
        char byte = 'x', back = 0;
        if (write(to_strict, &byte, 1) != 1 || read(from_strict, &back, 1) != 1 || back != byte) {
            snprintf(text, size, "the child in strict mode does not answer");
            return 0;
        }
    }
    if (guards != NULL && !is_guarded(text, size))
        return 0;
    unsigned char in_core;
    if (reserved != NULL && (mincore(reserved, 1, &in_core) != 0 || mincore(reserved + reserved_bytes - PAGE_BYTES, 1, &in_core) != 0)) {
        snprintf(text, size, "the reservation is gone");
        return 0;
    }
    snprintf(text, size, " filters=%u", filters);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker confined = {
        .name = "confined", .summary = "Works under restrictions that it checks.", .unit = "pages written",
        .kinds = "filter all-threads one-thread ever-more-filters strict-child reserved reserved-terabytes reserved-readable reserved-writable guards plain",
        .endpoint = "127.0.0.1:7817", .mebibytes = 32, .rate = 2000, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&confined, argc, argv);
}
