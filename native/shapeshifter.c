/*
 * A workload whose address space never rests: it maps, unmaps, grows, shrinks, moves, discards and protects memory, and stamps
 * every page with an identity of its own and a version. It knows at any time what each page must hold.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { REGIONS = 512, REGION_PAGES = 128 };

struct region {
    char *address;
    size_t pages;
    int shared;
    int protection;
    uint64_t identity[REGION_PAGES];
    uint64_t version[REGION_PAGES];
};

static struct region *regions[REGIONS];
static size_t region_count, page_count, page_limit;
static uint64_t next_identity, random_state = 1;
static char *last_unmapped;
static char first_mismatch[512];

static struct { uint64_t operations, maps, unmaps, resizes, moves, discards, protections, stamps, reused; } counters;

static const char usage[] =
    "usage: shapeshifter [--listen ADDRESS:PORT] [--memory-mib N] [--rate N] [--seed N]\n"
    "Maps, unmaps, resizes, moves, discards, protects and stamps memory, N operations a second, and checks itself.\n"
    "  --listen      where it takes commands (default 127.0.0.1:7802)\n"
    "  --memory-mib  the most memory it holds, in MiB, 1 to 65536 (default 64)\n"
    "  --rate        operations a second, 1 to 1000000 (default 2000)\n"
    "  --seed        of the sequence of operations (default 1)\n"
    "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'corrupt' changes a word, which the next check\n"
    "must find; 'grow' takes 128 MiB more, which are not checked; 'quit' ends it.\n";

static size_t below(size_t limit)
{
    random_state = mix(random_state);
    return (size_t)(random_state % limit);
}

static void note_mismatch(const char *what)
{
    if (first_mismatch[0] == '\0')
        snprintf(first_mismatch, sizeof first_mismatch, "after operation %" PRIu64 ": %s", counters.operations, what);
}

static void die(const char *call)
{
    fprintf(stderr, "shapeshifter: %s: %s\n", call, strerror(errno));
    exit(1);
}

static char *page_at(const struct region *region, size_t page)
{
    return region->address + page * PAGE_BYTES;
}

static void protect(struct region *region, int protection)
{
    if (mprotect(region->address, region->pages * PAGE_BYTES, protection) != 0)
        die("mprotect");
    region->protection = protection;
}

static void new_pages(struct region *region, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        region->identity[i] = ++next_identity;
        region->version[i] = 0;
    }
}

static struct region *add_region(void)
{
    struct region *region = malloc(sizeof *region);
    if (region == NULL)
        die("malloc");
    regions[region_count++] = region;
    return region;
}

static void drop_region(size_t index)
{
    free(regions[index]);
    regions[index] = regions[--region_count];
}

static void map_region(void)
{
    size_t pages = 1 + below(64);
    if (region_count == REGIONS || page_count + pages > page_limit)
        return;
    struct region *region = add_region();
    region->pages = pages;
    region->shared = below(8) == 0;
    region->protection = PROT_READ | PROT_WRITE;
    int flags = MAP_ANONYMOUS | (region->shared ? MAP_SHARED : MAP_PRIVATE);
    /* Where something else was a moment ago: the page's address says nothing about its contents. */
    region->address = MAP_FAILED;
    if (last_unmapped != NULL && below(2) == 0)
        region->address = mmap(last_unmapped, pages * PAGE_BYTES, region->protection, flags | MAP_FIXED_NOREPLACE, -1, 0);
    if (region->address != MAP_FAILED)
        counters.reused++;
    else
        region->address = mmap(NULL, pages * PAGE_BYTES, region->protection, flags, -1, 0);
    if (region->address == MAP_FAILED)
        die("mmap");
    new_pages(region, 0, pages);
    page_count += pages;
    counters.maps++;
}

/* Takes pages away at the front, in the middle or at the end; what is left behind a hole becomes a region of its own. */
static void unmap_pages(size_t index)
{
    struct region *region = regions[index];
    size_t from = below(region->pages);
    size_t count = 1 + below(region->pages - from);
    if (below(3) == 0)
        from = 0, count = region->pages;
    size_t behind = region->pages - from - count;
    if (behind > 0 && from > 0 && region_count == REGIONS)
        return;
    last_unmapped = page_at(region, from);
    if (munmap(last_unmapped, count * PAGE_BYTES) != 0)
        die("munmap");
    page_count -= count;
    counters.unmaps++;
    if (behind > 0) {
        struct region *rest = add_region();
        rest->address = page_at(region, from + count);
        rest->pages = behind;
        rest->shared = region->shared;
        rest->protection = region->protection;
        memcpy(rest->identity, region->identity + from + count, behind * sizeof *rest->identity);
        memcpy(rest->version, region->version + from + count, behind * sizeof *rest->version);
    }
    region->pages = from;
    if (from == 0)
        drop_region(index);
}

static void resize_region(struct region *region)
{
    size_t pages = 1 + below(REGION_PAGES);
    /* Shared memory does not grow with its mapping: pages behind the end of the object cannot be touched. */
    if (region->shared && pages > region->pages)
        return;
    if (pages > region->pages && page_count + pages - region->pages > page_limit)
        return;
    char *moved = mremap(region->address, region->pages * PAGE_BYTES, pages * PAGE_BYTES, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        die("mremap");
    if (pages > region->pages)
        new_pages(region, region->pages, pages);
    page_count = page_count - region->pages + pages;
    region->address = moved;
    region->pages = pages;
    counters.resizes++;
}

static void move_region(struct region *region)
{
    size_t bytes = region->pages * PAGE_BYTES;
    char *target = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (target == MAP_FAILED)
        die("mmap");
    last_unmapped = region->address;
    region->address = mremap(region->address, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    if (region->address == MAP_FAILED)
        die("mremap");
    counters.moves++;
}

static void discard_pages(struct region *region)
{
    /* On shared memory MADV_DONTNEED only drops the mapping; the contents stay. */
    if (region->shared)
        return;
    size_t from = below(region->pages);
    size_t count = 1 + below(region->pages - from);
    if (madvise(page_at(region, from), count * PAGE_BYTES, MADV_DONTNEED) != 0)
        die("madvise");
    for (size_t i = from; i < from + count; i++)
        region->version[i] = 0;
    counters.discards++;
}

static void change_protection(struct region *region)
{
    static const int protections[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE };
    protect(region, protections[below(4)]);
    counters.protections++;
}

static void check_page(const struct region *region, size_t page)
{
    char what[256];
    if (!pattern_check((const uint64_t *)page_at(region, page), region->identity[page], region->version[page], what, sizeof what))
        note_mismatch(what);
}

/* Looks before it writes: a wrong page is found before it is covered up. */
static void stamp_page(struct region *region)
{
    if (region->protection != (PROT_READ | PROT_WRITE))
        return;
    size_t page = below(region->pages);
    check_page(region, page);
    pattern_write((uint64_t *)page_at(region, page), region->identity[page], ++region->version[page]);
    counters.stamps++;
}

static void operate(void)
{
    counters.operations++;
    if (region_count == 0) {
        map_region();
        return;
    }
    size_t index = below(region_count);
    struct region *region = regions[index];
    switch (below(32)) {
    case 0: case 1: case 2: map_region(); break;
    case 3: case 4: unmap_pages(index); break;
    case 5: resize_region(region); break;
    case 6: move_region(region); break;
    case 7: discard_pages(region); break;
    case 8: case 9: change_protection(region); break;
    default: stamp_page(region); break;
    }
}

static void check_everything(void)
{
    for (size_t i = 0; i < region_count; i++) {
        struct region *region = regions[i];
        int protection = region->protection;
        if (protection == PROT_NONE)
            protect(region, PROT_READ);
        for (size_t page = 0; page < region->pages; page++)
            check_page(region, page);
        if (protection == PROT_NONE)
            protect(region, PROT_NONE);
    }
}

/* Changes one word behind the books' back, so that a test can see that 'check' would notice. */
static void corrupt(char *answer, size_t size)
{
    for (size_t i = 0; i < region_count; i++) {
        if (regions[i]->protection == (PROT_READ | PROT_WRITE)) {
            ((uint64_t *)regions[i]->address)[PAGE_WORDS / 2] ^= 1;
            snprintf(answer, size, "ok one word of page %" PRIu64 " changed", regions[i]->identity[0]);
            return;
        }
    }
    snprintf(answer, size, "refused: no region can be written right now");
}

/* For tests of what happens when a workload outgrows its destination. */
static void grow(char *answer, size_t size)
{
    const size_t bytes = (size_t)128 << 20;
    uint64_t *words = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (words == MAP_FAILED) {
        snprintf(answer, size, "refused: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < bytes / sizeof *words; i += PAGE_WORDS)
        words[i] = i + 1;
    snprintf(answer, size, "ok 128 MiB more");
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "corrupt") == 0) {
        corrupt(answer, size);
        return;
    }
    if (strcmp(command, "grow") == 0) {
        grow(answer, size);
        return;
    }
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, corrupt, grow, quit");
        return;
    }
    check_everything();
    if (first_mismatch[0] != '\0')
        snprintf(answer, size, "mismatch: %s", first_mismatch);
    else
        snprintf(answer, size,
                 "ok operations=%" PRIu64 " regions=%zu pages=%zu maps=%" PRIu64 " unmaps=%" PRIu64 " resizes=%" PRIu64 " moves=%" PRIu64
                 " discards=%" PRIu64 " protections=%" PRIu64 " stamps=%" PRIu64 " reused=%" PRIu64,
                 counters.operations, region_count, page_count, counters.maps, counters.unmaps, counters.resizes, counters.moves,
                 counters.discards, counters.protections, counters.stamps, counters.reused);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' },
        { "rate", required_argument, NULL, 'r' },   { "seed", required_argument, NULL, 's' },
        { "help", no_argument, NULL, 'h' },         { 0 },
    };
    const char *endpoint = "127.0.0.1:7802";
    uint64_t rate = 2000, mebibytes = 64;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': mebibytes = number("memory-mib", optarg, 1, 65536); break;
        case 'r': rate = number("rate", optarg, 1, 1000000); break;
        case 's': random_state = number("seed", optarg, 0, UINT64_MAX); break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    page_limit = mebibytes * 256;
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);

    /* A budget that grows with time and is capped: after a pause (a migration) it does not race to catch up. */
    const uint64_t most = rate / 20 + 1;
    struct timespec before, now;
    clock_gettime(CLOCK_MONOTONIC, &before);
    double budget = 0;
    for (;;) {
        commands_serve(&commands, 2);
        clock_gettime(CLOCK_MONOTONIC, &now);
        budget += (double)rate * ((double)(now.tv_sec - before.tv_sec) + (double)(now.tv_nsec - before.tv_nsec) / 1e9);
        before = now;
        if (budget > (double)most)
            budget = (double)most;
        for (; budget >= 1; budget--)
            operate();
    }
}
