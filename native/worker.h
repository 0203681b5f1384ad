/*
 * The frame of a workload that does units of work at a pace, checks its guarded memory when asked, and serves commands between units:
 * its options, its answers, its loop.
 */
#ifndef WORKER_H
#define WORKER_H

#include <getopt.h>
#include <time.h>

#include "commands.h"
#include "guarded.h"
#include "options.h"

struct worker {
    const char *name;
    const char *summary;  /* for --help */
    const char *unit;     /* what --rate counts */
    const char *endpoint; /* default */
    uint64_t mebibytes;   /* default, then as asked */
    uint64_t rate;        /* default, then as asked; 0: as fast as possible */
    uint64_t seed;
    const char *kinds;    /* what --kind takes, separated by blanks, the default first; NULL: no such option */
    void (*prepare)(void);
    void (*work)(void); /* one unit; well below a millisecond, so that commands are served in time */
    /* Adds ' NAME=COUNT' for the answer to 'check'; returns 0 and a description when something is wrong beyond single pages. */
    int (*report)(char *text, size_t size);
};

static struct worker *worker;
static const char *worker_kind;
static uint64_t worker_operations;

static inline void worker_usage(FILE *to)
{
    fprintf(to,
            "usage: %s [--listen ADDRESS:PORT] [--memory-mib N] [--rate N] [--seed N]\n%s\n"
            "  --listen      where it takes commands (default %s)\n"
            "  --memory-mib  its memory, in MiB, 8 to 65536 (default %" PRIu64 ")\n"
            "  --rate        %s a second; 0 = as many as possible (default %" PRIu64 ")\n"
            "  --seed        of everything that is random (default %" PRIu64 ")\n"
            "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'progress' answers 'ok operations=COUNT' at once;\n"
            "'corrupt' changes a word, which the next check must find; 'quit' ends it.\n",
            worker->name, worker->summary, worker->endpoint, worker->mebibytes, worker->unit, worker->rate, worker->seed);
    if (worker->kinds != NULL)
        fprintf(to, "With --kind, one of: %s (default the first)\n", worker->kinds);
}

/* The program ends with a sentence when there is no such kind. */
static inline const char *worker_choose(const char *asked)
{
    static char kinds[512];
    snprintf(kinds, sizeof kinds, "%s", worker->kinds == NULL ? "" : worker->kinds);
    for (char *kind = strtok(kinds, " "); kind != NULL; kind = strtok(NULL, " ")) {
        if (asked == NULL || strcmp(kind, asked) == 0)
            return kind;
    }
    fprintf(stderr, "--kind takes one of: %s; got '%s'\n", worker->kinds == NULL ? "nothing" : worker->kinds, asked);
    exit(2);
}

static inline int worker_is(const char *kind)
{
    return strcmp(worker_kind, kind) == 0;
}

static inline void worker_answer(const char *command, char *answer, size_t size)
{
    char text[960] = "";
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "corrupt") == 0) {
        guarded_corrupt();
        snprintf(answer, size, "ok one word changed");
        return;
    }
    if (strcmp(command, "progress") == 0) {
        snprintf(answer, size, "ok operations=%" PRIu64, worker_operations);
        return;
    }
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, corrupt, progress, quit");
        return;
    }
    size_t pages = guarded_check(text, sizeof text);
    if (pages == 0 || !worker->report(text, sizeof text))
        snprintf(answer, size, "mismatch: after operation %" PRIu64 ": %s", worker_operations, text);
    else
        snprintf(answer, size, "ok operations=%" PRIu64 " pages=%zu%s", worker_operations, pages, text);
}

static inline double worker_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/*
 * Units at the pace asked for. What was missed, for example during a migration, is not made up for beyond 50 ms. Commands wait for a
 * millisecond and a unit at most, so that a client that asks for progress all the time sees when it stands still.
 */
static inline void worker_loop(struct commands *commands)
{
    const double turn = 0.001, most = (double)worker->rate / 20 + 1;
    double before = worker_now(), budget = 0;
    for (;;) {
        commands_serve(commands, worker->rate == 0 || budget >= 1 ? 0 : 1);
        double now = worker_now();
        budget += (double)worker->rate * (now - before);
        before = now;
        if (budget > most)
            budget = most;
        while ((worker->rate == 0 || budget >= 1) && worker_now() - now < turn) {
            worker->work();
            worker_operations++;
            budget--;
        }
        if (worker->rate == 0)
            budget = 0;
    }
}

static inline int worker_main(struct worker *description, int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' },
        { "rate", required_argument, NULL, 'r' },   { "seed", required_argument, NULL, 's' },
        { "kind", required_argument, NULL, 'k' },   { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    static struct commands commands;
    worker = description;
    const char *endpoint = worker->endpoint, *kind = NULL;
    uint64_t mebibytes = worker->mebibytes, rate = worker->rate, seed = worker->seed;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': mebibytes = number("memory-mib", optarg, 8, 65536); break;
        case 'r': rate = number("rate", optarg, 0, 100000000); break;
        case 's': seed = number("seed", optarg, 0, UINT64_MAX); break;
        case 'k': kind = optarg; break;
        case 'h': worker_usage(stdout); return 0;
        default: worker_usage(stderr); return 2;
        }
    }
    if (worker->kinds != NULL || kind != NULL)
        worker_kind = worker_choose(kind);
    worker->mebibytes = mebibytes, worker->rate = rate, worker->seed = seed;
    commands_listen(&commands, endpoint, worker_answer);
    worker->prepare();
    puts("ready");
    fflush(stdout);
    worker_loop(&commands);
    return 0;
}

#endif
