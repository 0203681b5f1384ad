/*
 * A service at rest: it holds a lot of memory, counts in a few pages, appends to a log that goes round, and now and then
 * touches a page at random.
 */
#include "worker.h"

enum { COUNTERS = 4, LOG_PAGES = 16, LOG_ENTRY = 256 };

static struct { struct guarded memory, counters, log; } guards;
static uint64_t *memory, *counters;
static char *entries;
static size_t pages;
static uint64_t touches;

static void prepare(void)
{
    pages = (size_t)worker->mebibytes * 256 - COUNTERS - LOG_PAGES;
    memory = guarded_create(&guards.memory, "the memory", pages * PAGE_BYTES);
    for (size_t page = 0; page < pages; page++)
        pattern_write(memory + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&guards.memory, memory, pages * PAGE_BYTES);
    counters = guarded_create(&guards.counters, "the counters", COUNTERS * PAGE_BYTES);
    entries = guarded_create(&guards.log, "the log", LOG_PAGES * PAGE_BYTES);
}

static void work(void)
{
    uint64_t *counter = counters + worker_operations % COUNTERS * PAGE_WORDS;
    ++*counter;
    guarded_seal(&guards.counters, counter, sizeof *counter);
    char *entry = entries + worker_operations * LOG_ENTRY % (LOG_PAGES * PAGE_BYTES);
    memset(entry, (int)(worker_operations % 251), LOG_ENTRY);
    guarded_seal(&guards.log, entry, LOG_ENTRY);
    if (mix(worker_operations) % 8 == 0) {
        uint64_t *word = memory + mix(worker->seed ^ worker_operations) % pages * PAGE_WORDS;
        ++*word;
        guarded_seal(&guards.memory, word, sizeof *word);
        touches++;
    }
}

static int report(char *text, size_t size)
{
    uint64_t counted = 0;
    for (size_t i = 0; i < COUNTERS; i++)
        counted += counters[i * PAGE_WORDS];
    if (counted != worker_operations) {
        snprintf(text, size, "counted %" PRIu64 " operations", counted);
        return 0;
    }
    snprintf(text, size, " touches=%" PRIu64, touches);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker idle = {
        .name = "idle", .summary = "Holds memory and does next to nothing: a few counters, a log, a page touched now and then.", .unit = "small things",
        .endpoint = "127.0.0.1:7814", .mebibytes = 128, .rate = 20, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&idle, argc, argv);
}
