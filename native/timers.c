/*
 * A program that is driven by timers of every kind, and checks that they go on, do not fire again, and do not fire early: timer descriptors, POSIX timers,
 * interval timers; periodic, for once, fired and not read, fired and read, by absolute time.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "worker.h"

enum { PERIOD_NS = 4000000, LONG_SECONDS = 3000 };

static const double EARLY = 0.03, LATE = 20;

static struct guarded memory;

/* What moves by itself: counts that must rise. */
static struct periodic { const char *name; clockid_t clock; int descriptor; unsigned long ticks; } periodic[] = {
    { "the periodic descriptor", CLOCK_MONOTONIC, -1, 0 },
    { "the periodic descriptor of the boot clock", CLOCK_BOOTTIME, -1, 0 },
    { "the periodic descriptor of the wall clock", CLOCK_REALTIME, -1, 0 },
};

/* What ends at a known time: descriptors with a deadline by their own clock, seconds. */
static struct awaited { const char *name; clockid_t clock; int flags; int descriptor; double deadline; } awaited[] = {
    { "the descriptor for once", CLOCK_MONOTONIC, 0, -1, 0 },
    { "the descriptor by absolute time", CLOCK_MONOTONIC, TFD_TIMER_ABSTIME, -1, 0 },
    { "the descriptor by absolute boot time", CLOCK_BOOTTIME, TFD_TIMER_ABSTIME, -1, 0 },
    { "the descriptor by wall clock", CLOCK_REALTIME, TFD_TIMER_ABSTIME, -1, 0 },
    { "the descriptor that hears of a set clock", CLOCK_REALTIME, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, -1, 0 },
};

static int fired_unread, fired_read, never_armed;
static timer_t posix_long[3], posix_once_blocked;
static const clockid_t posix_clocks[3] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID };
static volatile unsigned long posix_ticks;
static volatile unsigned long *alarm_ticks; /* of the child, in memory that both have */
static double interval_deadline;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void on_posix(int signal)
{
    (void)signal;
    posix_ticks++;
}

static void on_alarm(int signal)
{
    (void)signal;
    (*alarm_ticks)++;
}

static int descriptor(clockid_t clock, int flags, struct itimerspec value)
{
    int made = timerfd_create(clock, TFD_NONBLOCK | TFD_CLOEXEC);
    if (made < 0 || timerfd_settime(made, flags, &value, NULL) != 0)
        fail("a timer descriptor");
    return made;
}

static struct timespec clock_after(clockid_t clock, long seconds, long nanoseconds)
{
    struct timespec now;
    clock_gettime(clock, &now);
    now.tv_sec += seconds + (now.tv_nsec + nanoseconds) / 1000000000;
    now.tv_nsec = (now.tv_nsec + nanoseconds) % 1000000000;
    return now;
}

static double seconds(struct timespec time)
{
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A machine that is busy sets its wall clock, so each timer is compared by its own. */
static double now_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return seconds(now);
}

static unsigned long ticks_of(int made)
{
    uint64_t ticks = 0;
    return read(made, &ticks, sizeof ticks) == sizeof ticks ? (unsigned long)ticks : 0;
}

static void start_descriptors(void)
{
    const struct itimerspec often = { { 0, PERIOD_NS }, { 0, PERIOD_NS } }, soon = { { 0, 0 }, { 0, 1000000 } };
    for (size_t i = 0; i < sizeof periodic / sizeof *periodic; i++)
        periodic[i].descriptor = descriptor(periodic[i].clock, 0, often);
    for (size_t i = 0; i < sizeof awaited / sizeof *awaited; i++) {
        struct itimerspec value = { { 0, 0 }, { LONG_SECONDS, 0 } };
        if (awaited[i].flags != 0)
            value.it_value = clock_after(awaited[i].clock, LONG_SECONDS, 0);
        awaited[i].deadline = now_of(awaited[i].clock) + LONG_SECONDS;
        awaited[i].descriptor = descriptor(awaited[i].clock, awaited[i].flags, value);
    }
    fired_unread = descriptor(CLOCK_MONOTONIC, 0, soon);
    fired_read = descriptor(CLOCK_MONOTONIC, TFD_TIMER_ABSTIME, (struct itimerspec){ { 0, 0 }, clock_after(CLOCK_MONOTONIC, 0, 1000000) });
    never_armed = descriptor(CLOCK_MONOTONIC, 0, (struct itimerspec){ { 0, 0 }, { 0, 0 } });
    usleep(20000);
    if (ticks_of(fired_read) != 1)
        fail("a timer descriptor that has fired");
}

static void start_posix(void)
{
    sigset_t blocked;
    struct itimerspec often = { { 0, PERIOD_NS }, { 0, PERIOD_NS } }, later = { { 0, 0 }, { LONG_SECONDS, 0 } }, soon = { { 0, 0 }, { 0, 1000000 } };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    struct sigaction action = { .sa_handler = on_posix, .sa_flags = SA_RESTART };
    timer_t timer;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &often, NULL) != 0)
        fail("a POSIX timer");
    event.sigev_signo = SIGRTMIN + 2;
    signal(SIGRTMIN + 2, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        if (timer_create(posix_clocks[i], &event, &posix_long[i]) != 0 || timer_settime(posix_long[i], 0, &later, NULL) != 0)
            fail("a POSIX timer for once");
    }
    event.sigev_signo = SIGRTMIN + 1;
    if (timer_create(CLOCK_MONOTONIC, &event, &posix_once_blocked) != 0 || timer_settime(posix_once_blocked, 0, &soon, NULL) != 0)
        fail("a POSIX timer whose signal waits");
}

/* Interval timers for once here, a periodic one in a child, as a process has one of each kind. */
static void start_intervals(void)
{
    static const int kinds[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };
    alarm_ticks = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (alarm_ticks == MAP_FAILED)
        fail("memory");
    if (fork() == 0) {
        struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
        struct itimerval often = { { 0, PERIOD_NS / 1000 }, { 0, PERIOD_NS / 1000 } };
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        sigaction(SIGALRM, &action, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
        for (;;)
            pause();
    }
    for (size_t i = 0; i < 3; i++) {
        struct itimerval later = { { 0, 0 }, { LONG_SECONDS, 0 } };
        setitimer(kinds[i], &later, NULL);
    }
    interval_deadline = worker_now() + LONG_SECONDS;
}

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    start_descriptors();
    start_intervals();
    start_posix();
}

static void work(void)
{
    for (size_t i = 0; i < sizeof periodic / sizeof *periodic; i++)
        periodic[i].ticks += ticks_of(periodic[i].descriptor);
}

/* Adds what is wrong to what was wrong before. */
static int complain(char *text, size_t size, const char *name, const char *what, double value)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s%s %s (%.3f)", length == 0 ? "" : "; ", name, what, value);
    return 0;
}

/* Whether a deadline that may only have moved back by the time of the move is where it was. */
static int is_due(double deadline, double now, double left, const char *name, char *text, size_t size)
{
    double moved = now + left - deadline;
    if (left <= 0)
        return complain(text, size, name, "is not armed any more", left);
    return moved < -EARLY ? complain(text, size, name, "would fire early", moved) : moved > LATE ? complain(text, size, name, "would fire late", moved) : 1;
}

static int ticks_go_on(char *text, size_t size)
{
    unsigned long before[sizeof periodic / sizeof *periodic], posix_before = posix_ticks, alarm_before = *alarm_ticks;
    size_t count = sizeof periodic / sizeof *periodic;
    for (size_t i = 0; i < count; i++)
        before[i] = periodic[i].ticks;
    for (int turn = 0; turn < 30; turn++) {
        usleep(PERIOD_NS / 1000);
        work();
    }
    int right = 1;
    for (size_t i = 0; i < count; i++)
        right &= periodic[i].ticks != before[i] || complain(text, size, periodic[i].name, "does not tick any more", (double)before[i]);
    right &= posix_ticks != posix_before || complain(text, size, "the periodic POSIX timer", "does not tick any more", (double)posix_before);
    return right & (*alarm_ticks != alarm_before || complain(text, size, "the periodic interval timer", "does not tick any more", (double)alarm_before));
}

/* The flags by which a descriptor was set, as the kernel shows them. */
static unsigned flags_of(int made)
{
    char path[64], line[128];
    unsigned flags = ~0u;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", made);
    FILE *shown = fopen(path, "r");
    while (shown != NULL && fgets(line, sizeof line, shown) != NULL && sscanf(line, "settime flags: %o", &flags) != 1)
        continue;
    if (shown != NULL)
        fclose(shown);
    return flags;
}

static int is_readable(int made)
{
    struct pollfd waited = { made, POLLIN, 0 };
    return poll(&waited, 1, 0) == 1;
}

static int descriptors_are_right(char *text, size_t size)
{
    int right = 1;
    for (size_t i = 0; i < sizeof awaited / sizeof *awaited; i++) {
        struct itimerspec now;
        timerfd_gettime(awaited[i].descriptor, &now);
        right &= is_due(awaited[i].deadline, now_of(awaited[i].clock), seconds(now.it_value), awaited[i].name, text, size);
        unsigned flags = flags_of(awaited[i].descriptor);
        right &= (flags & TFD_TIMER_CANCEL_ON_SET) == ((unsigned)awaited[i].flags & TFD_TIMER_CANCEL_ON_SET) || complain(text, size, awaited[i].name, "has other flags", flags);
    }
    right &= is_readable(fired_unread) || complain(text, size, "the descriptor that had fired", "is not readable any more", 0);
    right &= !is_readable(fired_read) || complain(text, size, "the descriptor that had fired and was read", "has fired again", 0);
    return right & (!is_readable(never_armed) || complain(text, size, "the descriptor that was not armed", "has fired", 0));
}

static int signals_are_right(char *text, size_t size)
{
    static const struct { int kind; const char *name; } intervals[] = {
        { ITIMER_REAL, "the interval timer for once" }, { ITIMER_VIRTUAL, "the virtual interval timer" }, { ITIMER_PROF, "the profiling interval timer" },
    };
    int right = 1;
    for (int i = 0; i < 3; i++) {
        struct itimerspec left;
        timer_gettime(posix_long[i], &left);
        right &= posix_clocks[i] == CLOCK_PROCESS_CPUTIME_ID
            ? seconds(left.it_value) > 0 || complain(text, size, "the POSIX timer of processor time", "is not armed any more", 0)
            : is_due(interval_deadline, worker_now(), seconds(left.it_value), "a POSIX timer for once", text, size);
        struct itimerval interval;
        getitimer(intervals[i].kind, &interval);
        double now = (double)interval.it_value.tv_sec + (double)interval.it_value.tv_usec / 1e6;
        right &= intervals[i].kind == ITIMER_REAL ? is_due(interval_deadline, worker_now(), now, intervals[i].name, text, size)
            : now > 0 || complain(text, size, intervals[i].name, "is not armed any more", now);
    }
    sigset_t pending;
    sigpending(&pending);
    return right & (sigismember(&pending, SIGRTMIN + 1) == 1 || complain(text, size, "the signal of a POSIX timer", "is not pending any more", 0));
}

static int report(char *text, size_t size)
{
    text[0] = 0;
    if (!(ticks_go_on(text, size) & descriptors_are_right(text, size) & signals_are_right(text, size)))
        return 0;
    snprintf(text, size, " ticks=%lu", periodic[0].ticks);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker timers = {
        .name = "timers", .summary = "Is driven by timers, which it checks.", .unit = "looks at its timers", .endpoint = "127.0.0.1:7818",
        .mebibytes = 8, .rate = 100, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&timers, argc, argv);
}
