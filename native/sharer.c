/*
 * A workload of two processes that share memory in all ways: anonymous, memfds mapped, open, sealed, growing, seen privately, files that are deleted or not.
 * Both write all the time, through mappings and by calls, and punch, discard and cut off. Each knows what its pages must hold.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { OBJECTS = 10, SMALL = 64, PRIVATE_PAGES = 16, HOLE_EVERY = 16, GROWTH = 256 };

struct object {
    const char *name;
    char *address;       /* NULL: only open */
    int fd;              /* -1: only mapped */
    size_t pages;
    uint64_t *version;   /* of the own pages; 0: zeros */
    int keeps_data;      /* nothing is taken out of it */
};

/* What the child says, in memory that both share. */
struct channel {
    volatile uint64_t asked, answered, operations, done;
    char answer[COMMANDS_ANSWER];
};

static struct object objects[OBJECTS];
static size_t object_count;
static struct channel *channel;
static struct object *heap, *sealed, *growing;
static char *read_only, *private_view;
static int read_only_fd = -1, filters, forks, rests = 1;
static uint64_t operations, versions, state;
static size_t parity;

static const char usage[] =
    "usage: sharer [--listen ADDRESS:PORT] [--memory-mib N] [--deleted DIRECTORY] [--named PATH] [--filter] [--forks] [--busy]\n"
    "Shares memory between two processes in all ways, and checks itself.\n"
    "  --listen      where it takes commands (default 127.0.0.1:7806)\n"
    "  --memory-mib  the size of each large object, in MiB, 1 to 65536 (default 16)\n"
    "  --deleted     also a large file in this directory, which is deleted\n"
    "  --named       also a large file with a name\n"
    "  --filter      under a seccomp filter\n"
    "  --forks       with children that write and end\n"
    "  --busy        without rests\n"
    "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'quit' ends it.\n";

static void die(const char *call)
{
    fprintf(stderr, "sharer: %s: %s\n", call, strerror(errno));
    exit(1);
}

static uint64_t random_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static char *map(size_t pages, int protection, int flags, int fd, size_t first)
{
    char *address = mmap(NULL, pages * PAGE_BYTES, protection, flags, fd, (off_t)(first * PAGE_BYTES));
    if (address == MAP_FAILED)
        die("mmap");
    return address;
}

static uint64_t identity(const struct object *object, size_t page)
{
    return (uint64_t)(object - objects) << 40 | page;
}

static void write_page(struct object *object, size_t page, uint64_t version, int by_call)
{
    uint64_t content[PAGE_WORDS];
    pattern_write(content, identity(object, page), version);
    if (object->address == NULL || (by_call && object->fd >= 0)) {
        /* pwrite appends to what is open for appending, whatever the offset. */
        if (pwrite(object->fd, content, PAGE_BYTES, (off_t)(page * PAGE_BYTES)) != PAGE_BYTES)
            die("pwrite");
    } else {
        memcpy(object->address + page * PAGE_BYTES, content, PAGE_BYTES);
    }
    object->version[page] = version;
}

static struct object *add(const char *name, int fd, size_t pages, int is_mapped)
{
    struct object *object = &objects[object_count++];
    *object = (struct object){ .name = name, .fd = fd, .pages = pages };
    if (fd >= 0 && ftruncate(fd, (off_t)(pages * PAGE_BYTES)) != 0)
        die("ftruncate");
    if (is_mapped)
        object->address = map(pages, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
    object->version = calloc(pages, sizeof *object->version);
    for (size_t page = 0; page < pages; page++)
        if (page % HOLE_EVERY != HOLE_EVERY - 1)
            write_page(object, page, 1, 0);
    return object;
}

static int new_memfd(const char *name)
{
    int fd = memfd_create(name, MFD_ALLOW_SEALING);
    if (fd < 0 || fchmod(fd, 0640) != 0)
        die("memfd_create");
    return fd;
}

static void add_memfds(size_t pages)
{
    heap = add("heap", new_memfd("heap"), pages, 1);
    read_only = map(pages / 2, PROT_READ, MAP_SHARED, heap->fd, pages / 2);
    private_view = map(PRIVATE_PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE, heap->fd, 0);
    memset(private_view + PAGE_BYTES, 'P', 8 * PAGE_BYTES);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", heap->fd);
    read_only_fd = open(path, O_RDONLY);
    if (read_only_fd < 0 || lseek(heap->fd, 12345, SEEK_SET) < 0 || lseek(read_only_fd, 777, SEEK_SET) < 0)
        die(path);

    /* Of the same name. */
    sealed = add("sealed", new_memfd("heap"), SMALL, 1);
    sealed->keeps_data = 1;
    if (fcntl(sealed->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0 || fcntl(sealed->fd, F_SETFL, O_NONBLOCK) != 0)
        die("fcntl");
    add("unmapped", new_memfd("unmapped"), SMALL, 0);
    struct object *closed = add("closed", new_memfd("closed"), SMALL, 1);
    close(closed->fd);
    closed->fd = -1;
    growing = add("growing", new_memfd(""), GROWTH, 1);
}

static void add_files(const char *directory, const char *named, size_t pages)
{
    if (directory != NULL) {
        char path[256];
        snprintf(path, sizeof path, "%s/sharer-%d", directory, (int)getpid());
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd < 0)
            die(path);
        add("deleted", fd, pages, 1);
        unlink(path);
    }
    if (named != NULL) {
        int fd = open(named, O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (fd < 0)
            die(named);
        add("named", fd, pages, 1);
    }
}

static void take_out(struct object *object, size_t page)
{
    if (object->keeps_data)
        return;
    if (object->fd >= 0 && random_number() % 2 == 0) {
        if (fallocate(object->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(page * PAGE_BYTES), PAGE_BYTES) != 0)
            die("fallocate");
    } else if (object->address != NULL) {
        if (madvise(object->address + page * PAGE_BYTES, PAGE_BYTES, MADV_REMOVE) != 0)
            die("madvise");
    } else {
        return;
    }
    object->version[page] = 0;
}

/* Only its parent changes the size, of the upper half, of which only the parent has pages. */
static void change_size(void)
{
    size_t from = GROWTH / 2 + random_number() % (GROWTH / 2);
    if (ftruncate(growing->fd, (off_t)(from * PAGE_BYTES)) != 0 || ftruncate(growing->fd, (off_t)(growing->pages * PAGE_BYTES)) != 0)
        die("ftruncate");
    memset(growing->version + from, 0, (growing->pages - from) * sizeof *growing->version);
}

static int is_own(const struct object *object, size_t page)
{
    return object == growing && page >= GROWTH / 2 ? parity == 0 : page % 2 == parity;
}

static void fork_writer(struct object *object, size_t page)
{
    if (object->address == NULL)
        return;
    uint64_t version = ++versions, turn = channel->done + 1;
    pid_t child = fork();
    if (child == 0) {
        write_page(object, page, version, 0);
        channel->done = turn;
        _exit(0);
    }
    if (child < 0)
        return;
    object->version[page] = version;
    while (channel->done != turn)
        usleep(50);
}

static void work(void)
{
    for (int i = 0; i < 16; i++, operations++) {
        struct object *object = &objects[random_number() % object_count];
        size_t page = random_number() % object->pages;
        if (!is_own(object, page))
            continue;
        uint64_t what = random_number() % 64;
        if (what == 0)
            take_out(object, page);
        else if (what == 1 && parity == 0 && object == growing)
            change_size();
        else if (what == 2 && object->address != NULL)
            madvise(object->address + page * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED);
        else if (what == 3 && parity == 0 && forks)
            fork_writer(object, page);
        else
            write_page(object, page, ++versions, what % 4 == 0);
    }
}

static int check_page(const struct object *object, const char *where, const uint64_t *content, size_t page, char *what, size_t size)
{
    char problem[256];
    if (pattern_check(content, identity(object, page), object->version[page], problem, sizeof problem))
        return 1;
    snprintf(what, size, "%s (%s): %s", object->name, where, problem);
    return 0;
}

static int check_object(const struct object *object, char *what, size_t size)
{
    uint64_t content[PAGE_WORDS];
    for (size_t page = 0; page < object->pages; page++) {
        if (!is_own(object, page))
            continue;
        if (object->address != NULL && !check_page(object, "mapped", (uint64_t *)(object->address + page * PAGE_BYTES), page, what, size))
            return 0;
        if (object->fd >= 0 && (pread(object->fd, content, PAGE_BYTES, (off_t)(page * PAGE_BYTES)) != PAGE_BYTES || !check_page(object, "read", content, page, what, size)))
            return 0;
        if (object == heap && page >= object->pages / 2
            && !check_page(object, "read-only view", (uint64_t *)(read_only + (page - object->pages / 2) * PAGE_BYTES), page, what, size))
            return 0;
        if (object == heap && page >= 9 && page < PRIVATE_PAGES && !check_page(object, "private view", (uint64_t *)(private_view + page * PAGE_BYTES), page, what, size))
            return 0;
    }
    return 1;
}

static int check_attributes(char *what, size_t size)
{
    struct stat first, second;
    fstat(heap->fd, &first);
    fstat(read_only_fd, &second);
    char path[64], link[64] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", heap->fd);
    if (readlink(path, link, sizeof link - 1) < 0)
        die(path);
    const char *wrong =
        first.st_ino != second.st_ino ? "two descriptors lead to different files" :
        (first.st_mode & 07777) != 0640 ? "the permissions" :
        first.st_size != (off_t)(heap->pages * PAGE_BYTES) ? "the size" :
        lseek(heap->fd, 0, SEEK_CUR) != 12345 || lseek(read_only_fd, 0, SEEK_CUR) != 777 ? "a position" :
        (fcntl(read_only_fd, F_GETFL) & O_ACCMODE) != O_RDONLY || (fcntl(heap->fd, F_GETFL) & O_ACCMODE) != O_RDWR ? "the access of a descriptor" :
        (fcntl(sealed->fd, F_GETFL) & O_NONBLOCK) == 0 ? "the flags of a descriptor" :
        fcntl(sealed->fd, F_GET_SEALS) != (F_SEAL_SHRINK | F_SEAL_GROW) || ftruncate(sealed->fd, 2 * SMALL * PAGE_BYTES) == 0 ? "the seals" :
        fcntl(heap->fd, F_GET_SEALS) != 0 ? "seals that were not there" :
        strcmp(link, "/memfd:heap (deleted)") != 0 ? "the name" : NULL;
    for (size_t i = PAGE_BYTES; wrong == NULL && i < 9 * PAGE_BYTES; i++)
        wrong = private_view[i] == 'P' ? NULL : "a page of the private view that was written";
    if (wrong == NULL && filters && (syscall(SYS_uselib, "") != -1 || errno != ENOTUNIQ))
        wrong = "the filter";
    if (wrong != NULL)
        snprintf(what, size, "%s", wrong);
    return wrong == NULL;
}

static int check_all(char *what, size_t size)
{
    for (size_t i = 0; i < object_count; i++)
        if (!check_object(&objects[i], what, size))
            return 0;
    return check_attributes(what, size);
}

static void rest(void)
{
    if (rests)
        usleep(200);
}

static void live_as_child(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    parity = 1;
    state = 99;
    uint64_t done = 0;
    for (;; rest()) {
        work();
        channel->operations = operations;
        if (channel->asked == done)
            continue;
        char what[COMMANDS_ANSWER / 2];
        if (check_all(what, sizeof what))
            strcpy(channel->answer, "ok");
        else
            snprintf(channel->answer, sizeof channel->answer, "in the child: %s", what);
        done = channel->asked;
        channel->answered = done;
    }
}

static void answer_command(const char *command, char *answer, size_t size)
{
    char what[COMMANDS_ANSWER / 2];
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, quit");
        return;
    }
    if (!check_all(what, sizeof what)) {
        snprintf(answer, size, "mismatch: %s", what);
        return;
    }
    uint64_t asked = ++channel->asked;
    for (int wait = 0; channel->answered != asked && wait < 20000; wait++)
        usleep(1000);
    if (channel->answered != asked)
        snprintf(answer, size, "mismatch: the child does not answer");
    else if (strcmp(channel->answer, "ok") != 0)
        snprintf(answer, size, "mismatch: %s", channel->answer);
    else
        snprintf(answer, size, "ok operations=%" PRIu64 " objects=%zu", operations + channel->operations, object_count);
}

/* Allows everything but one call that nobody needs: what counts is that there is a filter. */
static void install_filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_uselib, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTUNIQ),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        die("seccomp");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "memory-mib", required_argument, NULL, 'm' }, { "deleted", required_argument, NULL, 'd' },
        { "named", required_argument, NULL, 'n' },  { "filter", no_argument, NULL, 'f' },           { "forks", no_argument, NULL, 'k' },
        { "busy", no_argument, NULL, 'b' },         { "help", no_argument, NULL, 'h' },             { 0 },
    };
    const char *endpoint = "127.0.0.1:7806", *directory = NULL, *named = NULL;
    uint64_t mebibytes = 16;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'm': mebibytes = number("memory-mib", optarg, 1, 65536); break;
        case 'd': directory = optarg; break;
        case 'n': named = optarg; break;
        case 'f': filters = 1; break;
        case 'k': forks = 1; break;
        case 'b': rests = 0; break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    state = 7;
    versions = 1;
    channel = (struct channel *)map(1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    add("anonymous", -1, mebibytes * 256, 1);
    add_memfds(mebibytes * 256);
    add_files(directory, named, mebibytes * 256);
    if (filters)
        install_filter();
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        live_as_child();
    signal(SIGCHLD, SIG_IGN);
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;; rest()) {
        commands_serve(&commands, 0);
        work();
    }
}
