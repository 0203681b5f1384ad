/*
 * Sorts large arrays in the manner of a data-processing program with a generational garbage collector. Records are made in a small
 * nursery among others that die young; when it is full the survivors are promoted to an array. The array is sorted in runs,
 * the runs are merged pass by pass between two arrays, the result is checked, everything is given back, and the next job begins.
 */
#include "worker.h"

struct record { uint64_t key, payload; };

enum { PER_PAGE = PAGE_BYTES / sizeof(struct record), SURVIVE = 4, RUN_PAGES = 16 };

enum stage { MAKE, PROMOTE, SORT, MERGE, VERIFY };

static struct { struct guarded nursery, arrays[2]; } guards;
static struct record *nursery, *from, *to;
static size_t nursery_pages, most_pages, pages;
static enum stage stage;
static size_t page, promoted, width, left, right, written;
static uint64_t made, jobs, collections, passes, key_sum, last_key;
static int source;
static const char *wrong;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void begin_job(void)
{
    /* Jobs differ in size; a multiple of what a nursery holds, so that each collection fills whole pages. */
    size_t portion = nursery_pages / SURVIVE;
    pages = (most_pages / 2 + mix(worker->seed + jobs) % (most_pages / 2)) / portion * portion;
    from = guarded_create(&guards.arrays[0], "the first array", pages * PAGE_BYTES);
    to = guarded_create(&guards.arrays[1], "the second array", pages * PAGE_BYTES);
    source = 0, page = promoted = 0, key_sum = 0, stage = MAKE;
}

static void prepare(void)
{
    size_t all = (size_t)worker->mebibytes * 256;
    nursery_pages = all / 10 / SURVIVE * SURVIVE;
    most_pages = (all - nursery_pages) / 2;
    nursery = guarded_create(&guards.nursery, "the nursery", nursery_pages * PAGE_BYTES);
    begin_job();
}

/* Fills a page of the nursery; every fourth record will survive. */
static void make(void)
{
    struct record *records = nursery + page * PER_PAGE;
    for (size_t i = 0; i < PER_PAGE; i++) {
        made++;
        records[i] = (struct record){ .key = mix(worker->seed ^ made), .payload = made };
    }
    guarded_seal(&guards.nursery, records, PAGE_BYTES);
    if (++page == nursery_pages)
        page = 0, stage = PROMOTE;
}

/* Fills a page of the array with the survivors of four pages of the nursery. */
static void promote(void)
{
    struct record *target = from + promoted * PER_PAGE;
    const struct record *records = nursery + page * PER_PAGE;
    for (size_t i = 0; i < PER_PAGE; i++) {
        target[i] = records[i * SURVIVE];
        key_sum += target[i].key;
    }
    guarded_seal(&guards.arrays[0], target, PAGE_BYTES);
    promoted++;
    page += SURVIVE;
    if (page == nursery_pages) {
        collections++;
        page = 0, stage = promoted == pages ? SORT : MAKE;
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct record *)a)->key, y = ((const struct record *)b)->key;
    return (x > y) - (x < y);
}

static void begin_pass(void)
{
    passes++;
    page = written = left = 0;
    right = least(width, pages) * PER_PAGE;
    stage = MERGE;
}

static void sort_run(void)
{
    size_t count = least(RUN_PAGES, pages - page);
    qsort(from + page * PER_PAGE, count * PER_PAGE, sizeof *from, compare);
    guarded_seal(&guards.arrays[0], from + page * PER_PAGE, count * PAGE_BYTES);
    page += count;
    if (page == pages)
        width = RUN_PAGES, begin_pass();
}

static void end_pass(void)
{
    struct record *sorted = to;
    to = from, from = sorted, source = !source;
    width *= 2;
    if (width < pages)
        begin_pass();
    else
        page = 0, last_key = 0, stage = VERIFY;
}

/* Fills one page of the target. Two runs of 'width' pages lie side by side at 'page'; 'left' and 'right' are the next records of each. */
static void merge(void)
{
    size_t middle = least(page + width, pages) * PER_PAGE, end = least(page + 2 * width, pages) * PER_PAGE;
    struct record *target = to + written;
    for (size_t i = 0; i < PER_PAGE; i++) {
        int take_left = right == end || (left < middle && from[left].key <= from[right].key);
        target[i] = from[take_left ? left++ : right++];
    }
    guarded_seal(&guards.arrays[!source], target, PAGE_BYTES);
    written += PER_PAGE;
    if (written == end) {
        page = least(page + 2 * width, pages);
        left = page * PER_PAGE, right = least(page + width, pages) * PER_PAGE;
    }
    if (written == pages * PER_PAGE)
        end_pass();
}

static void verify(void)
{
    for (size_t i = page * PER_PAGE; i < (page + 1) * PER_PAGE; i++) {
        if (from[i].key < last_key)
            wrong = "a sorted array is not in order";
        if (from[i].key != mix(worker->seed ^ from[i].payload))
            wrong = "a record is not what was made";
        last_key = from[i].key;
        key_sum -= last_key;
    }
    if (++page < pages)
        return;
    if (key_sum != 0)
        wrong = "records were lost or doubled";
    jobs++;
    guarded_free(&guards.arrays[0]);
    guarded_free(&guards.arrays[1]);
    begin_job();
}

static void work(void)
{
    switch (stage) {
    case MAKE: make(); break;
    case PROMOTE: promote(); break;
    case SORT: sort_run(); break;
    case MERGE: merge(); break;
    case VERIFY: verify(); break;
    }
}

static int report(char *text, size_t size)
{
    if (wrong != NULL) {
        snprintf(text, size, "%s", wrong);
        return 0;
    }
    snprintf(text, size, " jobs=%" PRIu64 " collections=%" PRIu64 " passes=%" PRIu64 " records=%" PRIu64, jobs, collections, passes, made);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker sorter = {
        .name = "sorter", .summary = "Sorts large arrays: records made in a nursery, promoted, sorted in runs, merged, given back.",
        .unit = "pages (in the nursery, of a merge...)", .endpoint = "127.0.0.1:7813", .mebibytes = 128, .rate = 20000, .seed = 1,
        .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&sorter, argc, argv);
}
