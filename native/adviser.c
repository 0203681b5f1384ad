/*
 * A program that changes its mind about its memory all the time: with each unit one flag of a mapping (madvise(2)), while addresses and
 * protection stay. The mapping lies between inaccessible ones, so that it is never joined or split. Whenever it has stood still, as in a move,
 * it compares the kernel's flags with what it asked for, before it changes more of them: a move that took the flags of another moment
 * is told by the next check.
 */
#include "worker.h"

enum { MAPPED_PAGES = 4 };

static const struct { int set, clear; const char *shown; } flags[] = {
    { MADV_DONTDUMP, MADV_DODUMP, "dd" }, { MADV_DONTFORK, MADV_DOFORK, "dc" },
    { MADV_RANDOM, MADV_NORMAL, "rr" },   { MADV_WIPEONFORK, MADV_KEEPONFORK, "wf" },
};
enum { FLAGS = sizeof flags / sizeof *flags };

static struct guarded guard;
static char *mapping;
static unsigned asked;
static double last;
static uint64_t standstills, relists;
static char wrong[512];

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *memory = guarded_create(&guard, "the memory", bytes);
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(memory + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&guard, memory, bytes);
    mapping = mmap(NULL, (MAPPED_PAGES + 2) * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED || mprotect(mapping += PAGE_BYTES, MAPPED_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE) != 0) {
        perror("a mapping");
        exit(1);
    }
    memset(mapping, 1, MAPPED_PAGES * PAGE_BYTES);
}

/* The line with the kernel's flags of the mapping; NULL when it is not found, with what was found instead. */
static const char *kernel_flags(char *line, int size)
{
    char start[32], before[128] = "nothing", after[128] = "nothing";
    unsigned long lines = 0, from, to;
    snprintf(start, sizeof start, "%lx-", (unsigned long)mapping);
    FILE *smaps = fopen("/proc/self/smaps", "r");
    int within = 0, found = 0;
    while (smaps != NULL && !found && fgets(line, size, smaps) != NULL) {
        lines++;
        within = within || strncmp(line, start, strlen(start)) == 0;
        found = within && strncmp(line, "VmFlags:", 8) == 0;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2 && strstr(line, "kB") == NULL) {
            if (from < (unsigned long)mapping)
                snprintf(before, sizeof before, "%.60s", line);
            else if (strcmp(after, "nothing") == 0)
                snprintf(after, sizeof after, "%.60s", line);
        }
    }
    if (!found)
        snprintf(wrong, sizeof wrong, "the mapping at %s is gone: %s, %lu lines, before it %.*s, then %.*s", start,
                 smaps == NULL ? strerror(errno) : ferror(smaps) ? "the list could not be read" : "the list was read", lines,
                 (int)strcspn(before, "\n"), before, (int)strcspn(after, "\n"), after);
    if (smaps != NULL)
        fclose(smaps);
    return found ? line : NULL;
}

static void compare(void)
{
    char line[512];
    const char *shown = kernel_flags(line, sizeof line);
    if (shown == NULL && (shown = kernel_flags(line, sizeof line)) != NULL) {
        /* Linux 6.18 leaves mappings out of the list, once in a while, when another process changes flags of theirs (userfaultfd) while it is read. */
        wrong[0] = 0;
        relists++;
    }
    for (size_t flag = 0; shown != NULL && flag < FLAGS; flag++) {
        char name[8];
        snprintf(name, sizeof name, " %s", flags[flag].shown);
        if ((strstr(shown, name) != NULL) != (asked >> flag & 1))
            snprintf(wrong, sizeof wrong, "the flag%s should be %u, and the kernel said %.200s", name, asked >> flag & 1, shown);
    }
}

/* Not the monotonic clock: CRIU lets it go on where it stood. */
static double wall_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* In the order of a Gray code: every combination comes, one flag at a time. */
static void work(void)
{
    unsigned flag = (unsigned)__builtin_ctzll(worker_operations + 1) % FLAGS;
    int advice = asked >> flag & 1 ? flags[flag].clear : flags[flag].set;
    if (madvise(mapping, MAPPED_PAGES * PAGE_BYTES, advice) != 0) {
        perror("madvise");
        exit(1);
    }
    asked ^= 1u << flag;

    /* Mostly it is stopped within the call above. */
    const double standstill = 0.01;
    double now = wall_clock();
    if (now - last > standstill && last > 0) {
        compare();
        standstills++;
    }
    last = now;
}

static int report(char *text, size_t size)
{
    if (wrong[0] != 0) {
        snprintf(text, size, "%s", wrong);
        return 0;
    }
    snprintf(text, size, " standstills=%" PRIu64 " relists=%" PRIu64, standstills, relists);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker adviser = {
        .name = "adviser", .summary = "Changes the flags of a mapping all the time.", .unit = "changes",
        .endpoint = "127.0.0.1:7816", .mebibytes = 16, .rate = 0, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&adviser, argc, argv);
}
