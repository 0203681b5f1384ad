/*
 * Memory that children must not get: wiped in them (MADV_WIPEONFORK) or not there at all (MADV_DONTFORK), partly asked for only later. It begins to fork when a file appears, which
 * a test makes on one host only, and each child and grandchild looks.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { SECRET_PAGES = 512, SAW_WIPED = 1, SAW_LATE = 2, HAD_UNFORKED = 4, WRONG = 8 };

static uint64_t *ballast, *wiped, *late, *unforked, *late_unforked;
static size_t ballast_pages = 128 * 256;
static uint64_t children, seen[16];
static int forking;
static const char *file = "";

static const char usage[] =
    "usage: secrets [--listen ADDRESS:PORT] [--memory-mib N] [--begin-with FILE]\n"
    "Keeps memory that children must not get, and lets children look.\n"
    "  --listen      where it takes commands (default 127.0.0.1:7807)\n"
    "  --memory-mib  other memory, in MiB, 1 to 65536 (default 128)\n"
    "  --begin-with  begins to fork when this file exists (default: at once)\n"
    "Commands, one a line: 'check' answers 'ok operations=CHILDREN' or 'mismatch: WHAT'; 'quit' ends it.\n";

static uint64_t *map(size_t pages, uint64_t identity)
{
    uint64_t *memory = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    for (size_t page = 0; page < pages; page++)
        pattern_write(memory + page * PAGE_WORDS, identity + page, 1);
    return memory;
}

static int holds(const uint64_t *memory, size_t pages, uint64_t identity, uint64_t version)
{
    char what[200];
    for (size_t page = 0; page < pages; page++) {
        if (!pattern_check(memory + page * PAGE_WORDS, identity + page, version, what, sizeof what))
            return 0;
    }
    return 1;
}

static int is_mapped(void *memory)
{
    unsigned char there;
    return mincore(memory, PAGE_BYTES, &there) == 0;
}

static int look(void)
{
    size_t from = (children * 977) % (ballast_pages - 16);
    return (holds(wiped, SECRET_PAGES, 1 << 20, 0) ? 0 : SAW_WIPED) | (holds(late, SECRET_PAGES, 2 << 20, 0) ? 0 : SAW_LATE)
        | (is_mapped(unforked) || is_mapped(late_unforked) ? HAD_UNFORKED : 0)
        | (holds(ballast + from * PAGE_WORDS, 16, from, 1) ? 0 : WRONG);
}

static void advise(void *memory, int advice)
{
    if (madvise(memory, SECRET_PAGES * PAGE_BYTES, advice) != 0) {
        perror("madvise");
        exit(1);
    }
}

static void fork_and_look(void)
{
    if (!forking) {
        if (*file != '\0' && access(file, F_OK) != 0)
            return;
        forking = 1;
        advise(late, MADV_WIPEONFORK);
        advise(late_unforked, MADV_DONTFORK);
    }
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        int found = look(), status = 0;
        if (grandchild == 0)
            _exit(found);
        waitpid(grandchild, &status, 0);
        _exit(found | (WIFEXITED(status) ? WEXITSTATUS(status) : WRONG));
    }
    int status = WRONG;
    waitpid(child, &status, 0);
    children++;
    seen[WIFEXITED(status) ? WEXITSTATUS(status) & 15 : WRONG]++;
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, quit");
        return;
    }
    if (!holds(ballast, ballast_pages, 0, 1) || !holds(wiped, SECRET_PAGES, 1 << 20, 1) || !holds(late, SECRET_PAGES, 2 << 20, 1)
        || !holds(unforked, SECRET_PAGES, 3 << 20, 1) || !holds(late_unforked, SECRET_PAGES, 4 << 20, 1)) {
        snprintf(answer, size, "mismatch: memory of the parent");
        return;
    }
    for (int found = 1; found < 16; found++) {
        if (seen[found] != 0) {
            snprintf(answer, size, "mismatch: %" PRIu64 " of %" PRIu64 " children:%s%s%s%s", seen[found], children, found & SAW_WIPED ? " saw the wiped memory" : "",
                     found & SAW_LATE ? " saw the memory wiped since" : "", found & HAD_UNFORKED ? " had the memory that is not forked" : "", found & WRONG ? " found other memory wrong" : "");
            return;
        }
    }
    snprintf(answer, size, "ok operations=%" PRIu64, children);
}

int main(int count, char **arguments)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' }, { "begin-with", required_argument, NULL, 'b' }, { "help", no_argument, NULL, 'h' }, { 0 },
    };
    const char *endpoint = "127.0.0.1:7807";
    int option;
    while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': ballast_pages = number("memory-mib", optarg, 1, 65536) * 256; break;
        case 'b': file = optarg; break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    wiped = map(SECRET_PAGES, 1 << 20);
    late = map(SECRET_PAGES, 2 << 20);
    unforked = map(SECRET_PAGES, 3 << 20);
    late_unforked = map(SECRET_PAGES, 4 << 20);
    /* Last, so that it lies lowest and is filled first. */
    ballast = map(ballast_pages, 0);
    advise(wiped, MADV_WIPEONFORK);
    advise(unforked, MADV_DONTFORK);
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;) {
        commands_serve(&commands, 1);
        fork_and_look();
    }
}
