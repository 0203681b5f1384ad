/*
 * A program that has locked itself in, in every way that there is, and tries each forbidden thing again and again: what was refused has to stay refused.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "worker.h"

enum { SET_MDWE = 65, SEAL_MEMORY = 462, FILTERED = 99, MOST_FILES = 64, MOST_BYTES = 1 << 20, WITHDRAWN = CAP_SYS_CHROOT, AMBIENT = CAP_NET_BIND_SERVICE };

static struct guarded memory;
static char *wiped, *sealed, *unshared, *writable;
static int sealed_file, has_seal;
static struct __user_cap_data_struct capabilities[2];
static struct rlimit limits[RLIM_NLIMITS];
static int secure_bits;
static volatile int thread_ready, thread_asked, thread_opened;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static char *map(int protection)
{
    char *made = mmap(NULL, 4 * PAGE_BYTES, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        fail("memory");
    return made;
}

static void read_capabilities(struct __user_cap_data_struct *sets)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    if (syscall(SYS_capget, &header, sets) != 0)
        fail("capget");
}

static void restrict_files(void)
{
    struct landlock_ruleset_attr rules = { .handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE };
    int made = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    struct landlock_path_beneath_attr below = { .allowed_access = rules.handled_access_fs, .parent_fd = open("/tmp", O_PATH) };
    if (made < 0 || syscall(SYS_landlock_add_rule, made, LANDLOCK_RULE_PATH_BENEATH, &below, 0) != 0)
        fail("landlock");
    close(below.parent_fd);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_landlock_restrict_self, made, 0) != 0)
        fail("landlock");
    close(made);
}

static int opens_forbidden_file(void)
{
    int opened = open("/etc/passwd", O_RDWR);
    if (opened >= 0)
        close(opened);
    return opened >= 0;
}

static void *restricted_thread(void *unused)
{
    (void)unused;
    restrict_files();
    thread_ready = 1;
    for (;;) {
        usleep(1000);
        if (thread_asked) {
            thread_opened = opens_forbidden_file();
            thread_asked = 0;
        }
    }
    return NULL;
}

static void lock_capabilities(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    read_capabilities(capabilities);
    prctl(PR_CAPBSET_DROP, WITHDRAWN, 0, 0, 0);
    capabilities[0].permitted &= ~(1u << WITHDRAWN), capabilities[0].effective &= ~(1u << WITHDRAWN);
    capabilities[0].inheritable |= 1u << AMBIENT;
    if (syscall(SYS_capset, &header, capabilities) != 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, AMBIENT, 0, 0) != 0)
        fail("capset");
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NOROOT | SECBIT_NOROOT_LOCKED);
    read_capabilities(capabilities);
    secure_bits = prctl(PR_GET_SECUREBITS);
}

static void lock_memory(void)
{
    wiped = map(PROT_READ | PROT_WRITE), sealed = map(PROT_READ), unshared = map(PROT_READ | PROT_WRITE), writable = map(PROT_READ | PROT_WRITE);
    memset(wiped, 7, 4 * PAGE_BYTES);
    memset(unshared, 7, 4 * PAGE_BYTES);
    memset(writable, 7, 4 * PAGE_BYTES);
    if (madvise(wiped, 4 * PAGE_BYTES, MADV_WIPEONFORK) != 0 || madvise(unshared, 4 * PAGE_BYTES, MADV_DONTFORK) != 0)
        fail("madvise");
    has_seal = syscall(SEAL_MEMORY, sealed, 4 * PAGE_BYTES, 0) == 0;
    sealed_file = (int)syscall(SYS_memfd_create, "sealed", 2 /* MFD_ALLOW_SEALING */);
    if (write(sealed_file, "text", 4) != 4 || fcntl(sealed_file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        fail("a sealed file");
    prctl(SET_MDWE, 1, 0, 0, 0);
}

static void lock_calls(void)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | FILTERED),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { sizeof program / sizeof *program, program };
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        fail("seccomp");
}

static void prepare(void)
{
    size_t bytes = (size_t)worker->mebibytes << 20;
    uint64_t *data = guarded_create(&memory, "the memory", bytes);
    pthread_t thread;
    for (size_t page = 0; page < bytes / PAGE_BYTES; page++)
        pattern_write(data + page * PAGE_WORDS, page, worker->seed + 1);
    guarded_seal(&memory, data, bytes);
    if (worker_is("landlock"))
        restrict_files();
    if (worker_is("landlock-thread")) {
        if (pthread_create(&thread, NULL, restricted_thread, NULL) != 0)
            fail("a thread");
        while (!thread_ready)
            usleep(1000);
    }
    if (!worker_is("all"))
        return;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_NOFILE, &(struct rlimit){ MOST_FILES, MOST_FILES });
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ MOST_BYTES, MOST_BYTES });
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    for (int kind = 0; kind < RLIM_NLIMITS; kind++)
        getrlimit(kind, &limits[kind]);
    lock_memory();
    lock_capabilities();
    lock_calls();
}

static void work(void)
{
    uint64_t page = mix(worker->seed + worker_operations) % memory.pages;
    uint64_t *data = (uint64_t *)memory.data + page * PAGE_WORDS;
    pattern_write(data, page, worker_operations + 2);
    guarded_seal(&memory, data, PAGE_BYTES);
}

/* Whether something that ought to fail with an error did. */
static int refused(long result, int expected, const char *what, char *text, size_t size)
{
    size_t length = strlen(text);
    if (result < 0 && errno == expected)
        return 1;
    snprintf(text + length, size - length, "%s: %ld, %s; ", what, result, result < 0 ? strerror(errno) : "allowed");
    return 0;
}

static int same(long now, long before, const char *what, char *text, size_t size)
{
    size_t length = strlen(text);
    if (now == before)
        return 1;
    snprintf(text + length, size - length, "%s was %ld and is %ld; ", what, before, now);
    return 0;
}

/* What a child sees of memory that is not for it: 0 when it is as it should be. */
static int child_sees(void)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        unsigned char in_core[4];
        int seen = 0;
        for (size_t i = 0; i < 4 * PAGE_BYTES; i++)
            seen |= wiped[i] != 0;
        seen |= (mincore(unshared, 4 * PAGE_BYTES, in_core) == 0) << 1;
        _exit(seen);
    }
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static int limits_hold(char *text, size_t size)
{
    int opened[MOST_FILES + 1], count = 0, right = 1;
    while (count <= MOST_FILES && (opened[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    right &= refused(count <= MOST_FILES ? opened[count] : 0, EMFILE, "more open files than allowed", text, size);
    while (count > 0)
        close(opened[--count]);
    int file = (int)syscall(SYS_memfd_create, "large", 0);
    right &= refused(pwrite(file, "x", 1, MOST_BYTES), EFBIG, "a file larger than allowed", text, size);
    close(file);
    for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
        struct rlimit now;
        getrlimit(kind, &now);
        right &= same((long)now.rlim_cur, (long)limits[kind].rlim_cur, "a limit", text, size) & same((long)now.rlim_max, (long)limits[kind].rlim_max, "a hard limit", text, size);
    }
    return right;
}

static int capabilities_are_gone(char *text, size_t size)
{
    struct __user_cap_data_struct now[2];
    int right = 1;
    read_capabilities(now);
    for (int i = 0; i < 2; i++) {
        right &= same(now[i].permitted, capabilities[i].permitted, "permitted capabilities", text, size);
        right &= same(now[i].effective, capabilities[i].effective, "effective capabilities", text, size);
        right &= same(now[i].inheritable, capabilities[i].inheritable, "inheritable capabilities", text, size);
    }
    right &= same(prctl(PR_CAPBSET_READ, WITHDRAWN, 0, 0, 0), 0, "the bounding set", text, size);
    right &= same(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, AMBIENT, 0, 0), 1, "the ambient set", text, size);
    right &= refused(chroot("/"), EPERM, "chroot", text, size);
    right &= same(prctl(PR_GET_SECUREBITS), secure_bits, "securebits", text, size);
    return right & refused(prctl(PR_SET_SECUREBITS, 0), EPERM, "locked securebits", text, size);
}

static int report(char *text, size_t size)
{
    int right = 1;
    text[0] = 0;
    if (worker_is("landlock"))
        right &= same(opens_forbidden_file(), 0, "the forbidden file opened", text, size);
    if (worker_is("landlock-thread")) {
        thread_asked = 1;
        while (thread_asked)
            usleep(1000);
        right &= same(thread_opened, 0, "the forbidden file opened by a thread", text, size);
    }
    if (worker_is("all")) {
        right &= limits_hold(text, size) & capabilities_are_gone(text, size);
        right &= refused(syscall(SYS_setns, -1, 0), FILTERED, "a filtered call", text, size);
        right &= same(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1, "no new privileges", text, size) & same(prctl(PR_GET_DUMPABLE), 0, "dumpable", text, size);
        right &= refused(mprotect(writable, PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC), EACCES, "memory made executable", text, size);
        right &= refused((long)mmap(NULL, PAGE_BYTES, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EACCES, "writable code", text, size);
        right &= same(child_sees(), 0, "what a child sees", text, size);
        right &= refused(write(sealed_file, "x", 1), EPERM, "a write to a sealed file", text, size);
        if (has_seal)
            right &= refused(mprotect(sealed, PAGE_BYTES, PROT_NONE), EPERM, "a change of sealed memory", text, size) & refused(munmap(sealed, PAGE_BYTES), EPERM, "sealed memory unmapped", text, size);
    }
    if (right)
        snprintf(text, size, " seals=%d", has_seal);
    return right;
}

int main(int argc, char **argv)
{
    static struct worker described = {
        .name = "protected", .summary = "Tries what it has forbidden itself.", .unit = "pages written", .kinds = "all landlock landlock-thread plain", .endpoint = "127.0.0.1:7821",
        .mebibytes = 16, .rate = 500, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&described, argc, argv);
}
