/*
 * A program whose two threads have attributes that lie in no memory and no file, and that checks that each still has its own: processors, timer slack, I/O priority, scheduling, personality,
 * core dump filter, memory deny write execute, and their like.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "worker.h"

enum { MOST_VALUES = 32, IO_IDLE = 3 << 13, IO_BEST_EFFORT = 2 << 13 };

/* Numbers of linux/prctl.h that older headers lack. */
enum { SET_MDWE = 65, GET_MDWE = 66, SET_MERGE = 67, GET_MERGE = 68, SET_FLUSHER = 57, GET_FLUSHER = 58 };

struct scheduling { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; uint32_t least, most; };

struct values { const char *names[MOST_VALUES]; long numbers[MOST_VALUES]; size_t count; };

static struct guarded memory;
static struct values first[2];
static pthread_t other;
static volatile int other_ready, other_asked;
static struct values other_now;

static void add(struct values *values, const char *name, long number)
{
    values->names[values->count] = name;
    values->numbers[values->count++] = number;
}

static long text_number(const char *file, int base)
{
    char path[96], text[256] = "";
    snprintf(path, sizeof path, "/proc/thread-self/%s", file);
    int opened = open(path, O_RDONLY);
    if (opened < 0) {
        snprintf(path, sizeof path, "/proc/self/%s", file);
        opened = open(path, O_RDONLY);
    }
    if (opened < 0 || read(opened, text, sizeof text - 1) < 0)
        return -1;
    close(opened);
    const char *nice = strstr(text, "nice ");
    return strtol(nice != NULL ? nice + 5 : text, NULL, base);
}

static void write_number(const char *path, const char *text)
{
    int opened = open(path, O_WRONLY);
    if (opened >= 0 && write(opened, text, strlen(text)) < 0)
        perror(path);
    close(opened);
}

static long processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    return (long)set.__bits[0];
}

static void run_on(int processor)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static struct scheduling scheduling(void)
{
    struct scheduling its = { .size = sizeof its };
    syscall(SYS_sched_getattr, 0, &its, sizeof its, 0);
    return its;
}

static long death_signal(void)
{
    int number = 0;
    prctl(PR_GET_PDEATHSIG, &number);
    return number;
}

static long is_reaper(void)
{
    int number = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &number);
    return number;
}

static struct values look(void)
{
    struct values now = { .count = 0 };
    struct scheduling its = scheduling();
    struct rlimit files;
    stack_t stack;
    getrlimit(RLIMIT_NOFILE, &files);
    sigaltstack(NULL, &stack);
    mode_t mask = umask(0);
    umask(mask);
    add(&now, "processors", processors());
    add(&now, "timer slack", prctl(PR_GET_TIMERSLACK));
    add(&now, "I/O priority", syscall(SYS_ioprio_get, 1, 0));
    add(&now, "policy", its.policy);
    add(&now, "reset on fork", (long)its.flags);
    add(&now, "nice", its.nice);
    add(&now, "least use", its.least);
    add(&now, "most use", its.most);
    add(&now, "personality", personality(0xffffffff));
    add(&now, "core dump filter", text_number("coredump_filter", 16));
    add(&now, "oom_score_adj", text_number("oom_score_adj", 10));
    add(&now, "nice value of the session", text_number("autogroup", 10));
    add(&now, "memory deny write execute", prctl(GET_MDWE, 0, 0, 0, 0));
    add(&now, "merging of pages", prctl(GET_MERGE, 0, 0, 0, 0));
    add(&now, "I/O flusher", prctl(GET_FLUSHER, 0, 0, 0, 0));
    add(&now, "machine check policy", prctl(PR_MCE_KILL_GET, 0, 0, 0, 0));
    add(&now, "no huge pages", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
    add(&now, "store bypass", prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0));
    add(&now, "indirect branches", prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_INDIRECT_BRANCH, 0, 0, 0));
    add(&now, "no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    add(&now, "dumpable", prctl(PR_GET_DUMPABLE));
    add(&now, "kept capabilities", prctl(PR_GET_KEEPCAPS));
    add(&now, "securebits", prctl(PR_GET_SECUREBITS));
    add(&now, "death signal", death_signal());
    add(&now, "child subreaper", is_reaper());
    add(&now, "file mask", mask);
    add(&now, "open files", (long)files.rlim_cur);
    add(&now, "signal stack", (long)stack.ss_size);
    return now;
}

static void *second_thread(void *unused)
{
    (void)unused;
    run_on(1);
    prctl(PR_SET_TIMERSLACK, 777000);
    syscall(SYS_ioprio_set, 1, 0, IO_BEST_EFFORT | 7);
    personality(ADDR_COMPAT_LAYOUT);
    prctl(SET_FLUSHER, 1, 0, 0, 0);
    first[1] = look();
    other_ready = 1;
    for (;;) {
        usleep(1000);
        if (other_asked) {
            other_now = look();
            other_asked = 0;
        }
    }
    return NULL;
}

static void prepare(void)
{
    static char stack[64 << 10];
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    run_on(0);
    prctl(PR_SET_TIMERSLACK, 123456);
    syscall(SYS_ioprio_set, 1, 0, IO_IDLE);
    setpriority(PRIO_PROCESS, 0, 3);
    struct sched_param none = { 0 };
    sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &none);
    struct scheduling clamped = scheduling();
    clamped.flags |= 0x60, clamped.least = 100, clamped.most = 900;
    syscall(SYS_sched_setattr, 0, &clamped, 0);
    write_number("/proc/self/oom_score_adj", "321");
    write_number("/proc/self/coredump_filter", "0x7f");
    write_number("/proc/self/autogroup", "5");
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
    signal(SIGUSR2, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    umask(027);
    struct rlimit files = { 300, 400 };
    setrlimit(RLIMIT_NOFILE, &files);
    sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
    personality(ADDR_NO_RANDOMIZE);
    prctl(SET_MERGE, 1, 0, 0, 0);
    prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_DISABLE, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (pthread_create(&other, NULL, second_thread, NULL) != 0)
        exit(1);
    while (!other_ready)
        usleep(1000);
    prctl(SET_MDWE, 1, 0, 0, 0);
    first[1].count = 0;
    other_asked = 1;
    while (other_asked)
        usleep(1000);
    first[1] = other_now;
    first[0] = look();
}

static void work(void)
{
    uint64_t page = mix(worker->seed + worker_operations) % memory.pages;
    uint64_t *data = (uint64_t *)memory.data + page * PAGE_WORDS;
    pattern_write(data, page, worker_operations + 2);
    guarded_seal(&memory, data, PAGE_BYTES);
}

static int report(char *text, size_t size)
{
    int right = 1;
    text[0] = 0;
    other_asked = 1;
    while (other_asked)
        usleep(1000);
    struct values now[2] = { look(), other_now };
    for (int thread = 0; thread < 2; thread++) {
        for (size_t i = 0; i < now[thread].count; i++) {
            if (now[thread].numbers[i] != first[thread].numbers[i]) {
                size_t length = strlen(text);
                snprintf(text + length, size - length, "thread %d: %s was %ld and is %ld; ", thread, now[thread].names[i], first[thread].numbers[i], now[thread].numbers[i]);
                right = 0;
            }
        }
    }
    if (right)
        snprintf(text, size, " attributes=%zu", now[0].count + now[1].count);
    return right;
}

int main(int argc, char **argv)
{
    static struct worker attributes = {
        .name = "attributes", .summary = "Has attributes that lie in no memory.", .unit = "pages written", .endpoint = "127.0.0.1:7819",
        .mebibytes = 16, .rate = 500, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&attributes, argc, argv);
}
