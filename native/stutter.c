/*
 * A program that notices how long it is held up: one thread writes to its memory, one maps and unmaps, one only looks at the clock. Each notes its
 * longest gap. Memory management that one process does to another shows here, with the moment at which it did.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "worker.h"

enum { WRITER, MAPPER, WATCH, KINDS };

static const char *const names[KINDS] = { "writer", "mapper", "watch" };
static _Atomic uint64_t longest[KINDS]; /* microseconds */
static struct guarded guard;
static uint64_t *memory;
static size_t pages;
static uint64_t written;

static uint64_t now_us(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void note(int kind, uint64_t *before)
{
    uint64_t now = now_us(), gap = now - *before;
    if (gap > longest[kind])
        longest[kind] = gap;
    *before = now;
}

static void rest(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

/* What is written is what was there, so that what is guarded stays what it was at any moment. */
static void *write_memory(void *unused)
{
    uint64_t before = now_us();
    for (uint64_t i = 0;; i++, written++) {
        volatile uint64_t *word = memory + mix(i) % pages * PAGE_WORDS;
        *word = *word;
        note(WRITER, &before);
        if (i % 16 == 0)
            rest();
    }
    return unused;
}

static void *map_memory(void *unused)
{
    uint64_t before = now_us();
    for (;;) {
        char *place = mmap(NULL, 16 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (place != MAP_FAILED) {
            place[PAGE_BYTES] = 1;
            munmap(place, 16 * PAGE_BYTES);
        }
        note(MAPPER, &before);
        rest();
    }
    return unused;
}

static void *watch_clock(void *unused)
{
    uint64_t before = now_us();
    for (;;) {
        note(WATCH, &before);
        rest();
    }
    return unused;
}

static void prepare(void)
{
    static void *(*const runs[KINDS])(void *) = { write_memory, map_memory, watch_clock };
    pages = (size_t)worker->mebibytes * 256;
    memory = guarded_create(&guard, "the memory", pages * PAGE_BYTES);
    for (size_t page = 0; page < pages; page++)
        pattern_write(memory + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&guard, memory, pages * PAGE_BYTES);
    for (int kind = 0; kind < KINDS; kind++) {
        pthread_t thread;
        if ((errno = pthread_create(&thread, NULL, runs[kind], NULL)) != 0) {
            perror("pthread_create");
            exit(1);
        }
    }
}

/* A unit of work that changes nothing: the threads do it all. */
static void work(void)
{
}

/* The longest gaps since it was asked last. */
static int report(char *text, size_t size)
{
    int length = 0;
    for (int kind = 0; kind < KINDS; kind++)
        length += snprintf(text + length, size - (size_t)length, " %s-gap-us=%" PRIu64, names[kind], atomic_exchange(&longest[kind], 0));
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker stutter = {
        .name = "stutter", .summary = "Notes how long it is held up while it writes, while it maps, and at all.", .unit = "nothing at all",
        .endpoint = "127.0.0.1:7822", .mebibytes = 64, .rate = 20, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&stutter, argc, argv);
}
