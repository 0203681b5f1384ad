/*
 * A workload with every kind of private memory that is not plain anonymous: private views of memfds, of shared memory, of files that are deleted or on
 * tmpfs, of /dev/zero, locked memory, stacks that grow, pages that only /proc/self/mem can write, and a child with views of its own. It knows what each
 * page must hold, and writes some of them all the time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#ifndef MFD_HUGETLB
#define MFD_HUGETLB 0x0004U
#endif

enum { PAGES = 16, KINDS = 24, HUGE_BYTES = 2 << 20 };

struct view {
    const char *name;
    char *address;
    int pages, protection, by_memory_file;
    uint64_t identity[PAGES], version[PAGES];
};

/* What the child says, in memory that both share. */
struct channel {
    volatile uint64_t asked, answered, operations;
    char answer[COMMANDS_ANSWER];
};

static struct view views[KINDS];
static size_t view_count;
static uint64_t next_identity, operations;
static char left_out[256];
static char *droppable;
static struct channel *channel;

static const char usage[] =
    "usage: views [--listen ADDRESS:PORT] [--file PATH] [--shm-file PATH] [--huge]\n"
    "Holds private memory of many kinds, and checks itself.\n"
    "  --listen    where it takes commands (default 127.0.0.1:7805)\n"
    "  --file      a file of 16 pages of 'F' to map; not written\n"
    "  --shm-file  the same on tmpfs\n"
    "  --huge      private views of huge pages too: two are needed\n"
    "Commands, one a line: 'check' answers 'ok NAME=COUNT...' or 'mismatch: WHAT'; 'kinds' lists what it holds; 'quit' ends it.\n";

static void die(const char *call)
{
    fprintf(stderr, "views: %s: %s\n", call, strerror(errno));
    exit(1);
}

static char *map(size_t bytes, int protection, int flags, int fd)
{
    char *address = mmap(NULL, bytes, protection, flags, fd, 0);
    if (address == MAP_FAILED)
        die("mmap");
    return address;
}

/* Passes over what a mapping allows. Not kept open: CRIU does not take such a descriptor. */
static void through_memory_file(char *address, void *content, int writes)
{
    int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    off_t offset = (off_t)(uintptr_t)address;
    if (fd < 0 || (writes ? pwrite(fd, content, PAGE_BYTES, offset) : pread(fd, content, PAGE_BYTES, offset)) != PAGE_BYTES)
        die("/proc/self/mem");
    close(fd);
}

static void put(struct view *view, int page, uint64_t identity, uint64_t version)
{
    uint64_t content[PAGE_WORDS];
    pattern_write(content, identity, version);
    char *target = view->address + (size_t)page * PAGE_BYTES;
    if (view->by_memory_file)
        through_memory_file(target, content, 1);
    else
        memcpy(target, content, sizeof content);
    view->identity[page] = identity;
    view->version[page] = version;
}

/* Some pages are the program's own, the others are those of what lies below. */
static void write_some(struct view *view)
{
    for (int page = 1; page < view->pages; page += 3) {
        put(view, page, ++next_identity, 1);
        if (page + 1 < view->pages && page % 2 == 0)
            put(view, page + 1, ++next_identity, 1);
    }
}

static struct view *add(const char *name, char *address, int pages, int protection)
{
    if (view_count == KINDS)
        die("too many kinds");
    struct view *view = &views[view_count++];
    *view = (struct view){ .name = name, .address = address, .pages = pages, .protection = protection };
    return view;
}

/* Nothing lies below: pages never written hold zeros. */
static struct view *add_empty(const char *name, char *address)
{
    struct view *view = add(name, address, PAGES, PROT_READ | PROT_WRITE);
    write_some(view);
    return view;
}

/* Below it lies what the shared view holds. */
static struct view *add_above(const char *name, char *address, const struct view *shared)
{
    struct view *view = add(name, address, shared->pages, PROT_READ | PROT_WRITE);
    memcpy(view->identity, shared->identity, sizeof view->identity);
    memcpy(view->version, shared->version, sizeof view->version);
    write_some(view);
    return view;
}

static struct view *add_shared(const char *name, char *address)
{
    struct view *view = add(name, address, PAGES, PROT_READ | PROT_WRITE);
    for (int page = 0; page < view->pages; page++)
        put(view, page, ++next_identity, 1);
    return view;
}

static int new_memfd(const char *name, unsigned flags, off_t bytes)
{
    int fd = memfd_create(name, flags);
    if (fd < 0 || ftruncate(fd, bytes) != 0)
        die("memfd_create");
    return fd;
}

static void add_memfds(void)
{
    const size_t bytes = PAGES * PAGE_BYTES;
    const int both = PROT_READ | PROT_WRITE;
    int fd = new_memfd("views", 0, (off_t)bytes);
    struct view *shared = add_shared("memfd-shared", map(bytes, both, MAP_SHARED, fd));
    struct view *view = add_above("memfd-private", map(bytes, both, MAP_PRIVATE, fd), shared);

    /* Given back: what lies below shows again. */
    if (madvise(view->address + PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED) != 0)
        die("madvise");
    view->identity[1] = shared->identity[1];

    /* A shared and a private view side by side, which the kernel lists one behind the other. */
    char *place = map(2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (mmap(place, bytes, both, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED || mmap(place + bytes, bytes, both, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
        die("mmap");
    add_above("memfd-beside", place + bytes, shared);

    int sealed = new_memfd("sealed", MFD_ALLOW_SEALING, (off_t)bytes);
    char *first = map(bytes, both, MAP_SHARED, sealed);
    struct view *below = add_shared("memfd-sealed-shared", first);
    char *own = map(bytes, both, MAP_PRIVATE, sealed);
    if (munmap(first, bytes) != 0 || fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        die("sealing");
    view_count--;
    struct view kept = *below;
    add_above("memfd-sealed", own, &kept);

    /* The descriptor is closed: only the mapping holds it. */
    int closed = new_memfd("closed", MFD_CLOEXEC, (off_t)bytes);
    add_empty("memfd-closed", map(bytes, both, MAP_PRIVATE, closed));
    close(closed);
}

/* A private view of anonymous shared memory, which has no descriptor but this one. */
static void add_view_of_anonymous(void)
{
    const size_t bytes = PAGES * PAGE_BYTES;
    struct view *shared = add_shared("anonymous-shared", map(bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1));
    char path[128];
    snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", (unsigned long)shared->address, (unsigned long)shared->address + bytes);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        snprintf(left_out + strlen(left_out), sizeof left_out - strlen(left_out), " anonymous-private");
        return;
    }
    add_above("anonymous-private", map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd), shared);
    close(fd);
}

/* A file of 16 pages of 'F' is below. */
static void add_file_views(const char *name, const char *read_only, int fd)
{
    const size_t bytes = PAGES * PAGE_BYTES;
    struct view *view = add(name, map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd), PAGES, PROT_READ | PROT_WRITE);
    for (int page = 0; page < PAGES; page++)
        view->identity[page] = UINT64_MAX;
    write_some(view);
    struct view *unwritable = add(read_only, map(bytes, PROT_READ, MAP_PRIVATE, fd), PAGES, PROT_READ);
    unwritable->by_memory_file = 1;
    for (int page = 0; page < PAGES; page++)
        unwritable->identity[page] = UINT64_MAX;
    write_some(unwritable);
}

static void add_files(const char *file, const char *shm_file)
{
    char fill[PAGE_BYTES];
    memset(fill, 'F', sizeof fill);
    char path[] = "/tmp/views-XXXXXX";
    int deleted = mkostemp(path, O_CLOEXEC);
    if (deleted < 0 || unlink(path) != 0)
        die(path);
    for (int page = 0; page < PAGES; page++)
        if (write(deleted, fill, sizeof fill) != sizeof fill)
            die("write");
    add_file_views("deleted-file", "deleted-file-read-only", deleted);
    char path_of_shared[] = "/tmp/views-XXXXXX";
    int shared = mkostemp(path_of_shared, O_CLOEXEC);
    if (shared < 0 || unlink(path_of_shared) != 0 || ftruncate(shared, PAGES * PAGE_BYTES) != 0)
        die(path_of_shared);
    add_shared("deleted-file-shared", map(PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, shared));
    close(shared);
    const char *paths[] = { file, shm_file };
    const char *names[][2] = { { "file", "file-read-only" }, { "shm-file", "shm-file-read-only" } };
    for (int i = 0; i < 2; i++) {
        if (paths[i] == NULL)
            continue;
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            die(paths[i]);
        add_file_views(names[i][0], names[i][1], fd);
        close(fd);
    }
    int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    if (zero < 0)
        die("/dev/zero");
    add_empty("dev-zero", map(PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero));
    close(zero);
}

static void add_anonymous(void)
{
    const size_t bytes = PAGES * PAGE_BYTES;
    const int both = PROT_READ | PROT_WRITE, own = MAP_PRIVATE | MAP_ANONYMOUS;
    struct view *locked = add_empty("locked", map(bytes, both, own, -1));
    if (mlock(locked->address, bytes) != 0)
        die("mlock");
    struct view *hidden = add_empty("no-access", map(bytes, both, own, -1));
    if (mprotect(hidden->address, bytes, PROT_NONE) != 0)
        die("mprotect");
    hidden->by_memory_file = 1;
    hidden->protection = PROT_NONE;

    /* One page, and what is touched below it grows the mapping. */
    char *place = map(64 * PAGE_BYTES + bytes, PROT_NONE, own, -1);
    char *top = place + 64 * PAGE_BYTES + bytes - PAGE_BYTES;
    munmap(place, 64 * PAGE_BYTES + bytes);
    if (mmap(top, PAGE_BYTES, both, own | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == MAP_FAILED)
        die("mmap of memory that grows down");
    for (int page = 1; page < PAGES; page++)
        *(volatile char *)(top - page * PAGE_BYTES) = 0;
    add_empty("grows-down", top - (PAGES - 1) * PAGE_BYTES);

    droppable = mmap(NULL, bytes, both, MAP_DROPPABLE | MAP_ANONYMOUS, -1, 0);
    if (droppable == MAP_FAILED) {
        droppable = NULL;
        snprintf(left_out + strlen(left_out), sizeof left_out - strlen(left_out), " droppable");
    } else {
        memset(droppable, 'D', bytes);
    }
}

static void add_huge(void)
{
    int fd = new_memfd("huge", MFD_HUGETLB, HUGE_BYTES);
    char *address = map(HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
    add_empty("memfd-huge", address);
    close(fd);
}

static int check_page(const struct view *view, int page, char *what, size_t size)
{
    uint64_t content[PAGE_WORDS];
    char *source = view->address + (size_t)page * PAGE_BYTES;
    if (view->protection == PROT_NONE)
        through_memory_file(source, content, 0);
    else
        memcpy(content, source, sizeof content);
    char problem[256];
    if (view->identity[page] == UINT64_MAX) {
        for (size_t i = 0; i < sizeof content; i++) {
            if (((char *)content)[i] != 'F') {
                snprintf(what, size, "%s page %d is not that of the file", view->name, page);
                return 0;
            }
        }
        return 1;
    }
    if (pattern_check(content, view->identity[page], view->version[page], problem, sizeof problem))
        return 1;
    snprintf(what, size, "%s page %d: %s", view->name, page, problem);
    return 0;
}

/* Looks before it writes, so that a wrong page is found before it is covered up. */
static int check_views(char *what, size_t size)
{
    for (size_t i = 0; i < view_count; i++)
        for (int page = 0; page < views[i].pages; page++)
            if (!check_page(&views[i], page, what, size))
                return 0;
    for (size_t i = 0; droppable != NULL && i < PAGES * PAGE_BYTES; i++) {
        if (droppable[i] != 'D' && droppable[i] != 0) {
            snprintf(what, size, "droppable byte %zu is neither what it was nor zero", i);
            return 0;
        }
    }
    return 1;
}

/* The last page of each view that is the program's own. */
static void work(void)
{
    struct view *view = &views[operations++ % view_count];
    int page = view->pages - 1 - (view->pages + 1) % 3;
    if (view->version[page] != 0 && view->identity[page] != UINT64_MAX && strstr(view->name, "shared") == NULL)
        put(view, page, view->identity[page], view->version[page] + 1);
}

static void live_as_child(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);

    /* From here on the views of parent and child are different ones. */
    for (size_t i = 0; i < view_count; i++)
        if (strstr(views[i].name, "shared") == NULL)
            put(&views[i], 2, ++next_identity + ((uint64_t)1 << 32), 1);
    uint64_t done = 0;
    for (;; usleep(500)) {
        work();
        channel->operations = operations;
        if (channel->asked == done)
            continue;
        char what[COMMANDS_ANSWER / 2];
        if (check_views(what, sizeof what))
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
    if (strcmp(command, "kinds") == 0) {
        int length = snprintf(answer, size, "ok left out:%s; held:", left_out);
        for (size_t i = 0; i < view_count; i++)
            length += snprintf(answer + length, size - (size_t)length, " %s", views[i].name);
        return;
    }
    if (strcmp(command, "check") != 0) {
        snprintf(answer, size, "unknown command; known are: check, kinds, quit");
        return;
    }
    if (!check_views(what, sizeof what)) {
        snprintf(answer, size, "mismatch: %s", what);
        return;
    }
    uint64_t asked = ++channel->asked;
    for (int wait = 0; channel->answered != asked && wait < 5000; wait++)
        usleep(1000);
    if (channel->answered != asked)
        snprintf(answer, size, "mismatch: the child does not answer");
    else if (strcmp(channel->answer, "ok") != 0)
        snprintf(answer, size, "mismatch: %s", channel->answer);
    else
        snprintf(answer, size, "ok operations=%" PRIu64 " views=%zu", operations + channel->operations, view_count);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "file", required_argument, NULL, 'f' }, { "shm-file", required_argument, NULL, 's' },
        { "huge", no_argument, NULL, 'H' },         { "help", no_argument, NULL, 'h' },       { 0 },
    };
    const char *endpoint = "127.0.0.1:7805", *file = NULL, *shm_file = NULL;
    int option, huge = 0;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'f': file = optarg; break;
        case 's': shm_file = optarg; break;
        case 'H': huge = 1; break;
        case 'h': fputs(usage, stdout); return 0;
        default: fputs(usage, stderr); return 2;
        }
    }
    channel = (struct channel *)map(sizeof *channel, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
    add_memfds();
    add_view_of_anonymous();
    add_files(file, shm_file);
    add_anonymous();
    if (huge)
        add_huge();
    pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0)
        live_as_child();
    static struct commands commands;
    commands_listen(&commands, endpoint, answer_command);
    puts("ready");
    fflush(stdout);
    for (;;) {
        commands_serve(&commands, 1);
        work();
    }
}
