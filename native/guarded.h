/*
 * Memory that knows what it should hold: a sum for every page, renewed ("sealed") after each write, and the total of all sums. A page
 * that is lost, stale or in the wrong place no longer fits its sum; a page and its sum that are stale together no longer fit the total.
 */
#ifndef GUARDED_H
#define GUARDED_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "pattern.h"

enum { GUARDED_MOST = 16 };

struct guarded {
    const char *name;
    void *data;
    size_t pages;
    uint64_t *sums;
};

static struct guarded *guarded_all[GUARDED_MOST];
static uint64_t guarded_total;
static uint64_t guarded_factors[PAGE_WORDS];

/* Linear with odd factors: any one changed word changes it, and a page of zeros, never written, has 0. */
static inline uint64_t guarded_sum(const void *page)
{
    const uint64_t *words = page;
    uint64_t sum = 0;
    for (size_t i = 0; i < PAGE_WORDS; i++)
        sum += words[i] * guarded_factors[i];
    return sum;
}

static inline void *guarded_map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    /* Pages of 4 KiB, as the kernel would give a program of many small objects: what is written is known exactly. */
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    return memory;
}

/* Memory that the caller has mapped: zeros, whole pages. */
static inline void *guarded_adopt(struct guarded *area, const char *name, void *data, size_t bytes)
{
    for (size_t i = 0; i < PAGE_WORDS; i++)
        guarded_factors[i] = mix(i) | 1;
    area->name = name;
    area->pages = bytes / PAGE_BYTES;
    area->data = data;
    area->sums = guarded_map(area->pages * sizeof *area->sums);
    for (size_t i = 0; i < GUARDED_MOST; i++) {
        if (guarded_all[i] == NULL) {
            guarded_all[i] = area;
            return area->data;
        }
    }
    fputs("too many guarded areas\n", stderr);
    exit(1);
}

/* Zeros, whole pages. */
static inline void *guarded_create(struct guarded *area, const char *name, size_t bytes)
{
    size_t whole = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return guarded_adopt(area, name, guarded_map(whole), whole);
}

static inline void guarded_free(struct guarded *area)
{
    for (size_t i = 0; i < area->pages; i++)
        guarded_total -= area->sums[i];
    munmap(area->data, area->pages * PAGE_BYTES);
    munmap(area->sums, area->pages * sizeof *area->sums);
    for (size_t i = 0; i < GUARDED_MOST; i++) {
        if (guarded_all[i] == area)
            guarded_all[i] = NULL;
    }
}

/* To be called after each write. */
static inline void guarded_seal(struct guarded *area, const void *written, size_t bytes)
{
    size_t offset = (size_t)((const char *)written - (const char *)area->data);
    size_t end = (offset + bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    for (size_t page = offset / PAGE_BYTES; page < end; page++) {
        uint64_t sum = guarded_sum((const char *)area->data + page * PAGE_BYTES);
        guarded_total += sum - area->sums[page];
        area->sums[page] = sum;
    }
}

/* Returns the number of pages looked at; 0 and a description when one is wrong. */
static inline size_t guarded_check(char *description, size_t size)
{
    size_t pages = 0;
    uint64_t total = 0;
    for (size_t i = 0; i < GUARDED_MOST; i++) {
        const struct guarded *area = guarded_all[i];
        for (size_t page = 0; area != NULL && page < area->pages; page++, pages++) {
            const char *at = (const char *)area->data + page * PAGE_BYTES;
            uint64_t sum = guarded_sum(at);
            if (sum != area->sums[page]) {
                snprintf(description, size, "a word of page %zu of %s at %p is wrong: the sum is %016" PRIx64 ", expected %016" PRIx64,
                         page, area->name, (const void *)at, sum, area->sums[page]);
                return 0;
            }
            total += sum;
        }
    }
    if (total != guarded_total) {
        snprintf(description, size, "the total of all pages is %016" PRIx64 ", expected %016" PRIx64, total, guarded_total);
        return 0;
    }
    return pages;
}

/* Changes one word of the first area, so that a test can see that a check would notice. */
static inline void guarded_corrupt(void)
{
    for (size_t i = 0; i < GUARDED_MOST; i++) {
        if (guarded_all[i] != NULL) {
            ((uint64_t *)guarded_all[i]->data)[PAGE_WORDS / 2] ^= 1;
            return;
        }
    }
}

#endif
