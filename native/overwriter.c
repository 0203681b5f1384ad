/*
 * A workload that never rests: it overwrites all its memory with fresh random bytes, over and over, as fast as a processor does. No
 * link keeps up with it, so no number of pre-copy rounds brings a migration to its end. Each page carries a checksum of itself.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdint.h>
#include <sys/mman.h>

#include "commands.h"
#include "options.h"

enum { PAGE_WORDS = 512, PAGES_A_TURN = 64 };

static uint64_t *memory;
static size_t pages, next_page;
static uint64_t operations, state = 1, effort = 1;

static const char usage[] =
    "usage: overwriter [--listen ADDRESS:PORT] [--memory-mib N] [--effort N]\n"
    "Overwrites its memory with random bytes without a pause, and checks itself.\n"
    "  --listen      where it takes commands (default 127.0.0.1:7803)\n"
    "  --memory-mib  the memory that it overwrites, in MiB, 1 to 65536 (default 64)\n"
    "  --effort      how often each word is computed, 1 to 1000 (default 1): more of it writes slower with the same processor time\n"
    "commands: check, quit\n";

/* xorshift64: fast, and nothing that a compressor could use. */
static uint64_t random_word(void)
{
    for (uint64_t i = 0; i < effort; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    return state;
}

static void overwrite(uint64_t *page)
{
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < PAGE_WORDS; i++)
        sum += page[i] = random_word();
    page[PAGE_WORDS - 1] = ~sum;
    operations++;
}

static int is_whole(const uint64_t *page)
{
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < PAGE_WORDS; i++)
        sum += page[i];
    return page[PAGE_WORDS - 1] == ~sum;
}

static void answer_command(const char *command, char *answer, size_t size)
{
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, quit");
        return;
    }
    for (size_t i = 0; i < pages; i++) {
        if (!is_whole(memory + i * PAGE_WORDS)) {
            snprintf(answer, size, "mismatch: page %zu of %zu", i, pages);
            return;
        }
    }
    snprintf(answer, size, "ok operations=%" PRIu64 " pages=%zu", operations, pages);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' },
        { "effort", required_argument, NULL, 'e' }, { "help", no_argument, NULL, 'h' }, { 0 },
    };
    const char *endpoint = "127.0.0.1:7803";
    uint64_t mebibytes = 64;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': mebibytes = number("memory-mib", optarg, 1, 65536); break;
        case 'e': effort = number("effort", optarg, 1, 1000); break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    pages = mebibytes * 256;
    memory = mmap(NULL, pages * PAGE_WORDS * sizeof *memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("overwriter: mmap");
        return 1;
    }
    for (size_t i = 0; i < pages; i++)
        overwrite(memory + i * PAGE_WORDS);
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;) {
        commands_serve(&commands, 0);
        for (int i = 0; i < PAGES_A_TURN; i++, next_page = (next_page + 1) % pages)
            overwrite(memory + next_page * PAGE_WORDS);
    }
}
