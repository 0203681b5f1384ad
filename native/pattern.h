/* Page contents that can be told from their identity and version alone, wherever the page lies in memory. */
#ifndef PATTERN_H
#define PATTERN_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { PAGE_BYTES = 4096, PAGE_WORDS = PAGE_BYTES / 8 };

/* splitmix64: neighbouring inputs give unrelated words, so that a page in the wrong place never passes for the right one. */
static inline uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* Version 0 is a page that was never written, or discarded: all zero. */
static inline uint64_t pattern_word(uint64_t identity, uint64_t version, size_t index)
{
    return version == 0 ? 0 : mix(mix(identity) ^ (version * PAGE_WORDS + index));
}

static inline void pattern_write(uint64_t *page, uint64_t identity, uint64_t version)
{
    for (size_t i = 0; i < PAGE_WORDS; i++)
        page[i] = pattern_word(identity, version, i);
}

/* Returns 1 when the page is right; otherwise 0 and a description. */
static inline int pattern_check(const uint64_t *page, uint64_t identity, uint64_t version, char *description, size_t size)
{
    for (size_t i = 0; i < PAGE_WORDS; i++) {
        uint64_t expected = pattern_word(identity, version, i);
        if (page[i] != expected) {
            snprintf(description, size, "page %" PRIu64 " version %" PRIu64 " at %p: word %zu is %016" PRIx64 ", expected %016" PRIx64,
                     identity, version, (const void *)page, i, page[i], expected);
            return 0;
        }
    }
    return 1;
}

#endif
