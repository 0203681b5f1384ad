/*
 * A program that changes its mind about its memory all the time: with each unit one flag of a mapping (madvise(2)), while addresses and
 * protection stay. The mapping lies between inaccessible ones, so that it is never joined or split. A check compares the kernel's flags with
 * what was asked for last: a move that took the flags of another moment does not pass.
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
}

static int report(char *text, size_t size)
{
    char line[512], start[32], *rest = NULL;
    snprintf(start, sizeof start, "%lx-", (unsigned long)mapping);
    FILE *smaps = fopen("/proc/self/smaps", "r");
    int within = 0;
    while (smaps != NULL && rest == NULL && fgets(line, sizeof line, smaps) != NULL) {
        within = within || strncmp(line, start, strlen(start)) == 0;
        if (within && strncmp(line, "VmFlags:", 8) == 0)
            rest = line + 8;
    }
    if (smaps != NULL)
        fclose(smaps);
    for (size_t flag = 0; rest != NULL && flag < FLAGS; flag++) {
        char shown[8];
        snprintf(shown, sizeof shown, " %s", flags[flag].shown);
        if ((strstr(rest, shown) != NULL) != (asked >> flag & 1)) {
            snprintf(text, size, "the flag %s should be %u, and the kernel has%s", flags[flag].shown, asked >> flag & 1, rest);
            return 0;
        }
    }
    snprintf(text, size, rest != NULL ? " flags=%u" : "the mapping is gone (%u)", asked);
    return rest != NULL;
}

int main(int argc, char **argv)
{
    static struct worker adviser = {
        .name = "adviser", .summary = "Changes the flags of a mapping all the time.", .unit = "changes",
        .endpoint = "127.0.0.1:7816", .mebibytes = 16, .rate = 0, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&adviser, argc, argv);
}
