// Plays a process that CRIU restores lazily: registers memory with a userfaultfd, hands it to a daemon in the way CRIU does, then uses the
// memory in a known pattern and checks every byte against a model. Driven over stdin and stdout:
//   -> "ready"  (after the marker)   <- "go"   -> "ran ..."   <- "verify"   -> "ok"
// A wrong page is described on stdout and ends the program with status 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define BASE 0x600000000000ul
#define WORDS (PAGE / sizeof(uint64_t))
#define MARKER 0x52535446u
#define MAX_THREADS 8

enum { ZERO = -1, UNMAPPED = -2 };

static long slots, lazy, seed = 1;
static long *model;          // per slot: the dumped page, ZERO, UNMAPPED, or a stamp (at or above `lazy`) written since
static char *readonly_slot;
static long stamp;

static void die(const char *what) { printf("failed %s: %s\n", what, strerror(errno)); exit(2); }
static uint64_t *at(long slot) { return (uint64_t *)(BASE + slot * PAGE); }
static uint64_t word(long content, size_t i) { return content == ZERO ? 0 : (BASE + content * PAGE) ^ (i * 0x9e3779b97f4a7c15ull); }
static long draw(unsigned short state[3], long below) { return below <= 0 ? 0 : nrand48(state) % below; }

static int wrong(long slot) {
    volatile uint64_t *page = at(slot);
    for (size_t i = 0; i < WORDS; i++) {
        uint64_t expected = word(model[slot], i), got = page[i];
        if (got != expected) {
            printf("wrong slot %ld of content %ld word %zu: %lx for %lx (pid %d)\n", slot, model[slot], i, got, expected, getpid());
            fflush(stdout);
            return 1;
        }
    }
    return 0;
}

static void check(long slot) { if (model[slot] != UNMAPPED && wrong(slot)) _exit(1); }
static void check_all(void) { for (long s = 0; s < slots; s++) check(s); }

static void write_slot(long s) {
    if (model[s] == UNMAPPED || readonly_slot[s]) return;
    long content = lazy + stamp++;
    uint64_t *page = at(s);
    for (size_t i = 0; i < WORDS; i++) page[i] = word(content, i);
    model[s] = content;
}

static void discard(long s, long n) {
    for (long i = s; i < s + n; i++) {
        if (model[i] == UNMAPPED) continue;
        if (madvise(at(i), PAGE, MADV_DONTNEED)) die("madvise");
        model[i] = ZERO;
    }
}

static void discard_run(long s, long n) {
    for (long i = s; i < s + n; i++) if (model[i] == UNMAPPED) { discard(s, n); return; }
    if (madvise(at(s), n * PAGE, MADV_DONTNEED)) die("madvise");
    for (long i = s; i < s + n; i++) model[i] = ZERO;
}

static void unmap(long s, long n) {
    if (munmap(at(s), n * PAGE)) die("munmap");
    for (long i = s; i < s + n; i++) { model[i] = UNMAPPED; readonly_slot[i] = 0; }
}

static void map(long s, long n) {
    for (long i = s; i < s + n; i++) {
        if (model[i] != UNMAPPED) continue;
        if (mmap(at(i), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) die("mmap");
        model[i] = ZERO;
        readonly_slot[i] = 0;
    }
}

static void move(long s, long n, long d) {
    if (s < d + n && d < s + n) return;
    for (long i = s; i < s + n; i++) if (model[i] == UNMAPPED) return;
    if (mremap(at(s), n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at(d)) == MAP_FAILED) {
        if (errno != EFAULT && errno != EINVAL && errno != ENOMEM) die("mremap");
        // The range spans mappings: refused with an unknown part moved and the target unmapped.
        unmap(s, n);
        unmap(d, n);
        return;
    }
    for (long i = 0; i < n; i++) {
        model[d + i] = model[s + i];
        readonly_slot[d + i] = readonly_slot[s + i];
        model[s + i] = UNMAPPED;
        readonly_slot[s + i] = 0;
    }
}

static void protect(long s, long n, int writable) {
    for (long i = s; i < s + n; i++) {
        if (model[i] == UNMAPPED) continue;
        if (mprotect(at(i), PAGE, writable ? PROT_READ | PROT_WRITE : PROT_READ)) die("mprotect");
        readonly_slot[i] = !writable;
    }
}

static pid_t fork_checked(int depth) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        pid_t grandchild = depth > 1 ? fork_checked(depth - 1) : 0;
        for (long s = 0; s < slots; s += 3) write_slot(s);
        check_all();
        int status = 0;
        if (grandchild && (waitpid(grandchild, &status, 0) < 0 || status)) _exit(1);
        _exit(0);
    }
    return child;
}

// A child, and a child of that, that must not have a part of the memory as it is, or at all.
static pid_t fork_without(int depth) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        for (long s = lazy / 4; s < lazy / 2; s++) model[s] = ZERO;
        for (long s = lazy / 2; s < lazy / 4 * 3; s++) model[s] = UNMAPPED;
        pid_t grandchild = depth > 1 ? fork_without(depth - 1) : 0;
        check_all();
        int status = 0;
        if (grandchild && (waitpid(grandchild, &status, 0) < 0 || status)) _exit(1);
        _exit(0);
    }
    return child;
}

static void withhold(void) {
    if (madvise(at(lazy / 4), lazy / 4 * PAGE, MADV_WIPEONFORK) || madvise(at(lazy / 2), lazy / 4 * PAGE, MADV_DONTFORK)) die("madvise");
}

static void reap(pid_t child) {
    int status;
    if (waitpid(child, &status, 0) < 0) die("waitpid");
    if (status) { printf("wrong child: status %x\n", status); exit(1); }
}

struct checker { pthread_t thread; long first, count, rounds, seed; };

static void *check_randomly(void *argument) {
    struct checker *c = argument;
    unsigned short state[3] = { (unsigned short)c->seed, 7, 1 };
    for (long i = 0; i < c->rounds; i++) check(c->first + draw(state, c->count));
    return NULL;
}

static void with_threads(long first, long count, int threads, void (*meanwhile)(void)) {
    struct checker c[MAX_THREADS];
    for (int t = 0; t < threads; t++) {
        c[t] = (struct checker){ .first = first, .count = count, .rounds = count, .seed = seed * 31 + t };
        if (pthread_create(&c[t].thread, NULL, check_randomly, &c[t])) die("pthread_create");
    }
    if (meanwhile) meanwhile();
    for (int t = 0; t < threads; t++) pthread_join(c[t].thread, NULL);
}

static long churn_first, churn_count, churn_steps;

static void churn(void) {
    unsigned short state[3] = { (unsigned short)seed, 3, 5 };
    pid_t child = 0;
    for (long i = 0; i < churn_steps; i++) {
        long n = 1 + draw(state, 24), s = churn_first + draw(state, churn_count - n), d = churn_first + draw(state, churn_count - n);
        switch (draw(state, 10)) {
        case 0: discard_run(s, n); break;
        case 1: unmap(s, n); break;
        case 2: map(s, n); break;
        case 3: move(s, n, d); break;
        case 4: for (long k = 0; k < n && (d + n <= s || s + n <= d); k++) move(s + k, 1, d + k); break;
        case 5: protect(s, n, draw(state, 2)); break;
        case 6: if (i % 16 == 0) { if (child) reap(child); child = fork_checked(1); } break;
        case 7: for (long k = s; k < s + n; k++) write_slot(k); break;
        default: for (long k = s; k < s + n; k++) check(k);
        }
    }
    if (child) reap(child);
}

static int ascending(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }

// Touches pages in random order and reports how long each took.
static void measure(long count) {
    unsigned short state[3] = { (unsigned short)seed, 9, 4 };
    double *took = calloc(count, sizeof *took);
    for (long i = 0; i < count; i++) {
        struct timespec a, b;
        long s = draw(state, lazy);
        clock_gettime(CLOCK_MONOTONIC, &a);
        (void)*(volatile uint64_t *)at(s);
        clock_gettime(CLOCK_MONOTONIC, &b);
        took[i] = (b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3;
    }
    double sum = 0;
    long faults = 0;
    for (long i = 0; i < count; i++) { sum += took[i]; faults += took[i] > 2; }
    qsort(took, count, sizeof *took, ascending);
    long first = count - faults;
    printf("touches %ld sum %.0f us, %ld over 2 us: median %.1f p99 %.1f max %.1f us; ", count, sum, faults,
        took[first + faults / 2 - (faults > 0 && faults / 2 == faults)], took[first + faults * 99 / 100 - (faults * 99 / 100 == faults)], took[count - 1]);
}

static void run(const char *scenario, long argument) {
    if (!strcmp(scenario, "none")) return;
    if (!strcmp(scenario, "touch")) { for (long s = 0; s < lazy; s += argument ? argument : 1) check(s); }
    else if (!strcmp(scenario, "measure")) measure(argument);
    else if (!strcmp(scenario, "threads")) with_threads(0, lazy, argument ? (int)argument : 4, NULL);
    else if (!strcmp(scenario, "fork")) {
        check(0);
        pid_t child = fork_checked(argument ? (int)argument : 1);
        for (long s = 1; s < lazy; s += 3) write_slot(s);
        reap(child);
    } else if (!strcmp(scenario, "withhold")) {
        withhold();
        for (long i = 0; i < argument; i++) reap(fork_without(2));
    } else if (!strcmp(scenario, "move")) { move(lazy / 4, lazy / 2, lazy + lazy / 4); check(lazy + lazy / 2); map(lazy / 4, 8); }
    else if (!strcmp(scenario, "shuttle")) { for (long i = 0; i < argument; i++) i % 2 ? move(lazy, lazy, 0) : move(0, lazy, lazy); }
    else if (!strcmp(scenario, "discard")) { discard_run(lazy / 4, lazy / 2); check(lazy / 2); }
    else if (!strcmp(scenario, "unmap")) { unmap(lazy / 4, lazy / 2); map(lazy / 2, 8); check(lazy / 2); }
    else if (!strcmp(scenario, "protect")) { for (long s = 1; s < lazy; s += 3) protect(s, 1, 0); }
    else if (!strcmp(scenario, "churn")) { churn_first = 0; churn_count = slots; churn_steps = argument ? argument : 2000; churn(); }
    else if (!strcmp(scenario, "churn-threads")) {
        churn_first = lazy / 2; churn_count = slots - lazy / 2; churn_steps = argument ? argument : 2000;
        with_threads(0, lazy / 2, 3, churn);
    } else if (!strcmp(scenario, "exit")) { check(0); check(lazy - 1); _exit(0); }
    else if (!strcmp(scenario, "exec")) { check(0); execl("/bin/true", "true", (char *)NULL); die("exec"); }
    else { printf("unknown scenario %s\n", scenario); exit(2); }
}

static int register_memory(void) {
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) die("userfaultfd");
    struct uffdio_api api = { .api = UFFD_API,
        .features = UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP };
    if (ioctl(fd, UFFDIO_API, &api)) die("UFFDIO_API");
    struct uffdio_register range = { .range = { BASE, lazy * PAGE }, .mode = UFFDIO_REGISTER_MODE_MISSING };
    if (mmap((void *)BASE, lazy * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) die("mmap");
    if (ioctl(fd, UFFDIO_REGISTER, &range)) die("UFFDIO_REGISTER");
    return fd;
}

static int hand_over(const char *path, int uffd, int32_t id) {
    int sock = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (connect(sock, (struct sockaddr *)&address, sizeof address)) die("connect");
    if (send(sock, &id, sizeof id, 0) != sizeof id) die("send");
    char carrier = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec vector = { &carrier, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &uffd, sizeof uffd);
    if (sendmsg(sock, &message, 0) != 1) die("sendmsg");
    close(uffd);
    return sock;
}

// An ordinary process and its child, to be dumped and restored by CRIU: each waits for DIRECTORY/ask, changes its memory, and writes
// what it found to DIRECTORY/answer-parent or answer-child.
static void survive(const char *directory) {
    char ask[256], answer[256], result[272];
    if (mmap((void *)BASE, lazy * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED) die("mmap");
    for (long s = 0; s < lazy; s++) for (size_t i = 0; i < WORDS; i++) at(s)[i] = word(s, i);
    pid_t child = fork();
    if (child < 0) die("fork");
    if (!child) for (long s = 0; s < lazy; s += 5) write_slot(s);
    snprintf(ask, sizeof ask, "%s/ask", directory);
    snprintf(answer, sizeof answer, "%s/answer-%s", directory, child ? "parent" : "child");
    snprintf(result, sizeof result, "%s.new", answer);
    fclose(fopen(result, "w"));
    while (access(ask, F_OK)) usleep(1000);
    churn_first = lazy / 2;
    churn_count = slots - lazy / 2;
    churn_steps = 500;
    with_threads(0, lazy / 2, 3, churn);
    check_all();
    FILE *file = fopen(result, "w");
    fputs("ok\n", file);
    fclose(file);
    rename(result, answer);
    if (child) reap(child);
    exit(0);
}

static void expect(const char *order) {
    char line[64];
    if (!fgets(line, sizeof line, stdin)) exit(3);
    line[strcspn(line, "\n")] = 0;
    if (strcmp(line, order)) { printf("expected %s, got %s\n", order, line); exit(2); }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 5 || !strcmp(argv[1], "--help")) {
        puts("usage: lazy_toucher SOCKET ID PAGES SCENARIO [ARGUMENT [SEED [nomarker]]]\n"
             "       lazy_toucher DIRECTORY 0 PAGES survive\n"
             "scenarios: none touch measure threads fork withhold move shuttle discard unmap protect churn churn-threads exit exec");
        return argc < 5 ? 2 : 0;
    }
    lazy = atol(argv[3]);
    slots = lazy * 2;
    if (argc > 6) seed = atol(argv[6]);
    model = calloc(slots, sizeof *model);
    readonly_slot = calloc(slots, 1);
    for (long s = 0; s < slots; s++) model[s] = s < lazy ? s : UNMAPPED;
    if (!strcmp(argv[4], "survive")) survive(argv[1]);
    int sock = hand_over(argv[1], register_memory(), atoi(argv[2]));
    uint32_t marker = MARKER;
    if (argc > 7) { puts("connected"); expect("marker"); }
    if (send(sock, &marker, sizeof marker, MSG_NOSIGNAL) != sizeof marker) { printf("refused: %s\n", strerror(errno)); return 4; }
    close(sock);
    puts("ready");
    expect("go");
    run(argv[4], argc > 5 ? atol(argv[5]) : 0);
    puts("ran");
    expect("verify");
    check_all();
    puts("ok");
    return 0;
}
