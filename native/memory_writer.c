// Writes memory in patterns that a test can compute, and in random ways (chaos). One command per line on standard input, one answer line each.
// It knows nothing about tracking. See usage() for the commands; addresses are hexadecimal, everything else decimal.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peculiar.h"

#define PAGE 4096UL
#define HUGE_PAGE (2UL << 20)
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

static void usage(void)
{
    puts("memory_writer [seccomp|nobody|trace PID]");
    puts("  map PAGES anon|thp|file|memfd|shared    -> address");
    puts("  write ADDRESS PAGES SEED PERMILLE KIND  u user, s same value, a atomic, k read(2), t thread, c child only, p parent beside a child");
    puts("  read ADDRESS PAGES | discard ADDRESS PAGES SEED PERMILLE | guard ADDRESS PAGES | unguard ADDRESS PAGES | protect ADDRESS PAGES PROTECTION");
    puts("  move ADDRESS PAGES -> address | moveto ADDRESS PAGES TARGET | replace ADDRESS PAGES | unmap ADDRESS PAGES | grow PAGES -> address");
    puts("  occupy ADDRESS PAGES                    registers a userfaultfd of its own there; leave: the main thread ends, others run on");
    puts("  split ADDRESS PAGES                     makes every other page read-only, each a mapping of its own");
    puts("  be WHAT AMOUNT                          see peculiar.h; doze SECONDS: the main thread sleeps where nothing can stop it");
    puts("  fork -> pid | to CHILD COMMAND... | vfork -> ok | vforkexec -> ok | exec [PROGRAM] | descriptors -> count | chaos THREADS SEED | ops | quit");
}

// splitmix64 of the pair; the test computes the same.
static uint64_t mix(uint64_t seed, uint64_t index)
{
    uint64_t x = seed * 0x9E3779B97F4A7C15UL + index;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
    return x ^ (x >> 31);
}

static void fail(const char *what)
{
    fprintf(stderr, "memory_writer: %s: %s\n", what, strerror(errno));
    exit(1);
}

struct pattern {
    char *start;
    uint64_t pages, seed, permille;
    char kind;
};

static int picked(const struct pattern *p, uint64_t page) { return mix(p->seed, page) % 1000 < p->permille; }

static void write_page(const struct pattern *p, uint64_t page, const int *pipe_ends)
{
    volatile char *byte = p->start + page * PAGE + mix(p->seed + 1, page) % PAGE;
    char one = 1;
    switch (p->kind) {
    case 's':
        *byte = *byte;
        break;
    case 'a':
        __atomic_fetch_add(byte, 1, __ATOMIC_SEQ_CST);
        break;
    case 'k':
        if (write(pipe_ends[1], &one, 1) != 1 || read(pipe_ends[0], (void *)byte, 1) != 1)
            fail("pipe");
        break;
    default:
        *byte = (char)(*byte + 1);
    }
}

static void *write_pattern(void *argument)
{
    const struct pattern *p = argument;
    int ends[2] = {-1, -1};
    if (p->kind == 'k' && pipe(ends))
        fail("pipe");
    for (uint64_t page = 0; page < p->pages; page++)
        if (picked(p, page))
            write_page(p, page, ends);
    if (p->kind == 'k') {
        close(ends[0]);
        close(ends[1]);
    }
    return NULL;
}

static void run_pattern(struct pattern *p)
{
    pthread_t thread;
    pid_t child;
    switch (p->kind) {
    case 't':
        if (pthread_create(&thread, NULL, write_pattern, p))
            fail("thread");
        pthread_join(thread, NULL);
        return;
    case 'c': // only the child writes: the pages of this process stay clean
        child = fork();
        if (child == 0) {
            write_pattern(p);
            _exit(0);
        }
        waitpid(child, NULL, 0);
        return;
    case 'p': // this process writes while a child holds the old copies
        child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        write_pattern(p);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return;
    default:
        write_pattern(p);
    }
}

static void *map_file(uint64_t bytes, int fd)
{
    if (fd < 0 || ftruncate(fd, (off_t)bytes))
        return MAP_FAILED;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    return memory;
}

// Between two inaccessible pages, so that the mapping is not merged with a neighbour.
static void *map_apart(uint64_t bytes, uint64_t alignment)
{
    char *memory = mmap(NULL, bytes + 2 * alignment, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return memory;
    char *inner = (char *)(((uintptr_t)memory + alignment) & ~(alignment - 1));
    return mprotect(inner, bytes, PROT_READ | PROT_WRITE) ? MAP_FAILED : inner;
}

static void *map_kind(uint64_t bytes, const char *kind)
{
    if (!strcmp(kind, "shared"))
        return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!strcmp(kind, "memfd"))
        return map_file(bytes, memfd_create("memory_writer", MFD_CLOEXEC));
    if (!strcmp(kind, "file")) {
        char name[] = "/tmp/memory_writer.XXXXXX";
        int fd = mkstemp(name);
        unlink(name);
        return map_file(bytes, fd);
    }
    if (!strcmp(kind, "thp")) {
        void *memory = map_apart(bytes, HUGE_PAGE);
        if (memory != MAP_FAILED)
            madvise(memory, bytes, MADV_HUGEPAGE);
        return memory;
    }
    return map_apart(bytes, PAGE);
}

// ---- chaos: slots of memory that are mapped, written, moved, resized, discarded, protected, replaced and unmapped at random ----
static volatile unsigned long operations;

struct slot {
    char *start;
    size_t pages;
};

static void chaos_map(struct slot *s, uint64_t r)
{
    int huge = (r >> 20) % 4 == 0;
    s->pages = huge ? 512 * (1 + r % 3) : 1 + r % 512;
    s->start = mmap(NULL, s->pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->start == MAP_FAILED)
        fail("mmap");
    if (huge)
        madvise(s->start, s->pages * PAGE, MADV_HUGEPAGE);
}

static void chaos_write(struct slot *s, uint64_t r)
{
    for (int i = 0; i < 16; i++) {
        r = mix(r, (uint64_t)i);
        s->start[r % s->pages * PAGE + (r >> 40) % PAGE] = (char)(r >> 33);
    }
}

static void chaos_resize(struct slot *s, uint64_t r)
{
    size_t pages = 1 + r % 1024;
    char *moved = mremap(s->start, s->pages * PAGE, pages * PAGE, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        fail("mremap (resize)");
    *s = (struct slot){moved, pages};
}

static void chaos_move(struct slot *s)
{
    char *target = mmap(NULL, s->pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *moved = mremap(s->start, s->pages * PAGE, s->pages * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    if (moved == MAP_FAILED)
        fail("mremap (move)");
    s->start = moved;
}

static void chaos_protect(struct slot *s, uint64_t r)
{
    if (mprotect(s->start, s->pages * PAGE, PROT_READ) || mprotect(s->start, s->pages * PAGE, PROT_READ | PROT_WRITE))
        fail("mprotect");
    s->start[r % (s->pages * PAGE)]++;
}

static void chaos_kernel_write(struct slot *s, uint64_t r)
{
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    size_t offset = r % (s->pages * PAGE), room = s->pages * PAGE - offset;
    if (fd < 0 || read(fd, s->start + offset, room > 3000 ? 3000 : room) < 0)
        fail("read");
    close(fd);
}

static void chaos_fork(struct slot *s, uint64_t r)
{
    pid_t child = fork();
    if (child == 0) {
        s->start[0] ^= 1;
        _exit(0);
    }
    s->start[r % (s->pages * PAGE)]++;
    if (child > 0)
        waitpid(child, NULL, 0);
}

static void chaos_allocate(uint64_t r)
{
    size_t bytes = 64 + r % 300000;
    char *memory = malloc(bytes);
    if (!memory)
        fail("malloc");
    memset(memory, (int)(r >> 24), bytes);
    if (r >> 40 & 63) // a few are kept, so that the arenas grow
        free(memory);
}

static void *chaos(void *argument)
{
    enum { SLOTS = 64 };
    struct slot slots[SLOTS] = {0};
    uint64_t state = (uintptr_t)argument;
    for (uint64_t step = 0;; step++) {
        uint64_t r = mix(state, step);
        struct slot *s = &slots[r % SLOTS];
        unsigned what = (unsigned)((r >> 8) % 1000);
        r >>= 18;
        operations++;
        if (!s->start)
            chaos_map(s, r);
        else if (what < 800)
            chaos_write(s, r);
        else if (what < 840) {
            munmap(s->start, s->pages * PAGE);
            s->start = NULL;
        } else if (what < 880) {
            size_t first = r % s->pages;
            if (madvise(s->start + first * PAGE, (1 + (r >> 20) % (s->pages - first)) * PAGE, MADV_DONTNEED))
                fail("madvise");
        } else if (what < 910)
            chaos_resize(s, r);
        else if (what < 930)
            chaos_move(s);
        else if (what < 950)
            chaos_protect(s, r);
        else if (what < 960) {
            if (mmap(s->start, s->pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
                fail("mmap (fixed)");
        } else if (what < 980)
            chaos_kernel_write(s, r);
        else if (what < 999)
            chaos_allocate(r);
        else
            chaos_fork(s, r);
    }
    return NULL;
}

// ---- children that take commands of their own ----
enum { CHILDREN = 16 };
static struct {
    pid_t pid;
    FILE *in, *out;
} children[CHILDREN];
static int child_count;

static void start_child(FILE **in, FILE **out)
{
    int ends[2];
    if (child_count == CHILDREN || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        fail("socketpair");
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child_count = 0;
        *in = fdopen(ends[1], "r");
        *out = fdopen(dup(ends[1]), "w");
        return;
    }
    close(ends[1]);
    children[child_count].pid = pid;
    children[child_count].in = fdopen(dup(ends[0]), "w");
    children[child_count].out = fdopen(ends[0], "r");
    child_count++;
    fprintf(*out, "%d\n", pid);
}

static void tell_child(const char *line, FILE *out)
{
    int pid = 0, skip = 0;
    char answer[256];
    sscanf(line, "to %d %n", &pid, &skip);
    for (int i = 0; i < child_count; i++)
        if (children[i].pid == pid) {
            fputs(line + skip, children[i].in);
            fflush(children[i].in);
            if (!strncmp(line + skip, "quit", 4)) {
                waitpid(pid, NULL, 0);
                strcpy(answer, "ok\n");
            } else if (!fgets(answer, sizeof answer, children[i].out))
                strcpy(answer, "gone\n");
            fputs(answer, out);
            return;
        }
    fputs("no such child\n", out);
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

// A child that stays between vfork and exec, in this process's memory.
static void *hold_vfork(void *unused)
{
    (void)unused;
    pid_t child = vfork();
    if (child == 0) {
        sleep(20);
        _exit(0);
    }
    return NULL;
}

// The same, but it executes another program after a while.
static void *vfork_and_execute(void *unused)
{
    (void)unused;
    pid_t child = vfork();
    if (child == 0) {
        usleep(300000);
        execl("/bin/sleep", "sleep", "20", (char *)NULL);
        _exit(1);
    }
    return NULL;
}

static int occupy(unsigned long address, unsigned long pages)
{
    struct uffdio_api api = {.api = UFFD_API};
    struct uffdio_register range = {.range = {address, pages * PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    return fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range) ? -1 : 0;
}

static void *wait_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void answer_address(FILE *out, void *address)
{
    fprintf(out, "%lx\n", address == MAP_FAILED ? 0UL : (unsigned long)address);
}

static void run(const char *line, FILE **in, FILE **out, char **argv)
{
    char command[16] = "", kind[16] = "u";
    unsigned long a = 0, b = 0, c = 0, d = 0;
    pthread_t thread;
    sscanf(line, "%15s", command);
    if (!strcmp(command, "map")) {
        sscanf(line, "%*s %lu %15s", &b, kind);
        answer_address(*out, map_kind(b * PAGE, kind));
        return;
    }
    if (!strcmp(command, "grow")) {
        sscanf(line, "%*s %lu", &b);
        answer_address(*out, sbrk((intptr_t)(b * PAGE)));
        return;
    }
    if (!strcmp(command, "chaos")) {
        sscanf(line, "%*s %lu %lu", &a, &b);
        for (unsigned long i = 0; i < a; i++)
            if (pthread_create(&thread, NULL, chaos, (void *)(b + i)))
                fail("thread");
        fputs("ok\n", *out);
        return;
    }
    if (!strcmp(command, "moveto")) {
        sscanf(line, "%*s %lx %lu %lx", &a, &b, &c);
        answer_address(*out, mremap((void *)a, b * PAGE, b * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)c));
        return;
    }
    int fields = sscanf(line, "%*s %lx %lu %lu %lu %15s", &a, &b, &c, &d, kind);
    int result = 0;
    if (!strcmp(command, "write")) {
        struct pattern p = {(char *)a, b, c, d, kind[0]};
        run_pattern(&p);
    } else if (!strcmp(command, "read")) {
        for (unsigned long page = 0; page < b; page++)
            (void)((volatile char *)a)[page * PAGE];
    } else if (!strcmp(command, "discard")) {
        struct pattern p = {(char *)a, b, c, d, 0};
        for (unsigned long page = 0; page < b && !result; page++)
            if (picked(&p, page))
                result = madvise((char *)a + page * PAGE, PAGE, MADV_DONTNEED);
    } else if (!strcmp(command, "guard"))
        result = madvise((void *)a, b * PAGE, MADV_GUARD_INSTALL);
    else if (!strcmp(command, "split")) {
        for (unsigned long page = 0; page < b && !result; page += 2)
            result = mprotect((char *)a + page * PAGE, PAGE, PROT_READ);
    } else if (!strcmp(command, "unguard"))
        result = madvise((void *)a, b * PAGE, MADV_GUARD_REMOVE);
    else if (!strcmp(command, "occupy"))
        result = occupy(a, b);
    else if (!strcmp(command, "leave")) {
        if (pthread_create(&thread, NULL, wait_for_ever, NULL))
            fail("thread");
        fputs("ok\n", *out);
        fflush(*out);
        pthread_exit(NULL);
    } else if (!strcmp(command, "protect"))
        result = mprotect((void *)a, b * PAGE, (int)c);
    else if (!strcmp(command, "unmap"))
        result = munmap((void *)a, b * PAGE);
    else if (!strcmp(command, "move")) {
        char *room = mmap(NULL, (b + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        answer_address(*out, mremap((void *)a, b * PAGE, b * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + PAGE));
        return;
    } else if (!strcmp(command, "replace"))
        result = mmap((void *)a, b * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0;
    else if (!strcmp(command, "fork")) {
        start_child(in, out);
        return;
    } else if (!strcmp(command, "be")) {
        char what[32] = "";
        sscanf(line, "%*s %31s %lu", what, &b);
        result = peculiar_become(what, b);
    } else if (!strcmp(command, "doze")) {
        sscanf(line, "%*s %lu", &b);
        fputs("ok\n", *out);
        fflush(*out);
        peculiar_doze((void *)b);
        return;
    } else if (!strcmp(command, "vfork"))
        result = pthread_create(&thread, NULL, hold_vfork, NULL);
    else if (!strcmp(command, "vforkexec"))
        result = pthread_create(&thread, NULL, vfork_and_execute, NULL);
    else if (!strcmp(command, "to")) {
        tell_child(line, *out);
        return;
    } else if (!strcmp(command, "exec")) {
        // The streams of a child are of its own; the new program takes them as standard input and output.
        dup2(fileno(*in), 0);
        dup2(fileno(*out), 1);
        char program[256] = "/proc/self/exe";
        sscanf(line, "%*s %255s", program);
        execv(program, argv);
        result = -1;
    } else if (!strcmp(command, "descriptors")) {
        fprintf(*out, "%d\n", count_descriptors());
        return;
    } else if (!strcmp(command, "ops")) {
        fprintf(*out, "%lu\n", operations);
        return;
    } else
        fields = -2;
    if (fields == -2)
        fputs("unknown command\n", *out);
    else if (result)
        fprintf(*out, "%s\n", strerror(errno));
    else
        fputs("ok\n", *out);
}

static void forbid_userfaultfd(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_userfaultfd, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        fail("seccomp");
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (!strcmp(mode, "--help")) {
        usage();
        return 0;
    }
    if (!strcmp(mode, "seccomp"))
        forbid_userfaultfd();
    if (!strcmp(mode, "nobody") && (setgid(65534) || setuid(65534) || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)))
        fail("setuid");
    if (!strcmp(mode, "trace") && argc > 2 && ptrace(PTRACE_SEIZE, atoi(argv[2]), 0, 0))
        fail("ptrace");
    FILE *in = stdin, *out = stdout;
    char line[512];
    fputs("ready\n", out);
    fflush(out);
    while (fgets(line, sizeof line, in)) {
        if (!strncmp(line, "quit", 4))
            return 0;
        FILE *asked = in;
        run(line, &in, &out, argv);
        if (in == asked) // a new child answers nothing: its parent has told its number
            fflush(out);
    }
    return 0;
}
