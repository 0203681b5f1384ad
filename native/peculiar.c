/*
 * A tree of processes with peculiarities, each of which checks its memory all the time and says how it fares in a file of its own:
 * FILE.0 is the root's, FILE.1 that of its child, and so on down. The file is renewed by rename, so that nothing stays open.
 *   peculiar FILE PAGES PROCESS...
 * The first line of output is the number of the first process. PROCESS says what one process of the chain does before it begins, letters in order:
 *   u  enters a user namespace in which it is root (its own user is mapped)
 *   U  the same with a range of users, as subordinate users are given to rootless containers
 *   o  becomes an ordinary user first
 *   c  becomes the first process of a container: PID, mount, IPC and UTS namespaces; its root is the folder of FILE, a mount point that holds the
 *      folder proc and this program as "peculiar", with which it goes on there
 *   v  has no vDSO
 *   x  executes a 32-bit program, "compat" in the folder of FILE (the last process only)
 *   -  nothing
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guarded.h"
#include "peculiar.h"

enum { FIRST_SUBORDINATE = 100000, SUBORDINATES = 65536, ORDINARY_USER = 1000 };

static void fail(const char *what)
{
    fprintf(stderr, "peculiar: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void write_map(pid_t pid, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fail(path);
    close(fd);
}

/* Outside the namespace someone has to write the map of a range: a helper that stays there. */
static void enter_user_namespace(int range)
{
    char text[64];
    pid_t self = getpid();
    uid_t user = getuid();
    gid_t group = getgid();
    int go[2];
    if (pipe(go))
        fail("pipe");
    pid_t helper = range ? fork() : -1;
    if (helper == 0) {
        char ready;
        if (read(go[0], &ready, 1) != 1)
            _exit(1);
        snprintf(text, sizeof text, "0 %d %d", FIRST_SUBORDINATE, SUBORDINATES);
        write_map(self, "uid_map", text);
        write_map(self, "gid_map", text);
        _exit(0);
    }
    if (unshare(CLONE_NEWUSER))
        fail("unshare (user)");
    if (range) {
        int status;
        if (write(go[1], "g", 1) != 1 || waitpid(helper, &status, 0) < 0 || status != 0)
            fail("map of users");
        if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
            fail("setuid");
    } else {
        write_map(self, "setgroups", "deny");
        snprintf(text, sizeof text, "0 %u 1", user);
        write_map(self, "uid_map", text);
        snprintf(text, sizeof text, "0 %u 1", group);
        write_map(self, "gid_map", text);
    }
    close(go[0]);
    close(go[1]);
}

static void become_ordinary(void)
{
    if (setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) || setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) || prctl(PR_SET_DUMPABLE, 1))
        fail("setuid");
}

/* Leaves what is outside as its parent, which tells the number and ends. */
static void enter_container(char *file)
{
    if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS))
        fail("unshare (container)");
    pid_t first = fork();
    if (first != 0) {
        printf("%d\n", first);
        fflush(stdout);
        _exit(first < 0);
    }
    setsid();
    char *name = strrchr(file, '/');
    *name = '\0';
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(file, file, NULL, MS_BIND, NULL) || chdir(file)
        || mount("proc", "proc", "proc", 0, NULL) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
        fail("container");
    *name = '/';
    memmove(file, name, strlen(name) + 1);
}

/* Returns whether the program has to be started again, from inside of its root. */
static int prepare(const char *letters, char *file)
{
    int contained = 0;
    for (; *letters != '\0'; letters++) {
        switch (*letters) {
        case 'u':
        case 'U':
            enter_user_namespace(*letters == 'U');
            break;
        case 'o':
            become_ordinary();
            break;
        case 'c':
            enter_container(file);
            contained = 1;
            break;
        case 'v':
            if (peculiar_become("novdso", 0))
                fail("munmap (vdso)");
            break;
        case 'x':
        case '-':
            break;
        default:
            errno = EINVAL;
            fail(letters);
        }
    }
    return contained;
}

static void say(const char *path, const char *text)
{
    char fresh[512];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return;
    ssize_t written = write(fd, text, strlen(text));
    close(fd);
    if (written == (ssize_t)strlen(text))
        rename(fresh, path);
}

static void work(const char *path, size_t pages)
{
    static struct guarded area;
    char text[512], wrong[256];
    uint64_t *data = guarded_create(&area, "the memory", pages * PAGE_BYTES);
    for (size_t i = 0; i < pages; i++) {
        data[i * PAGE_WORDS] = mix(i);
        guarded_seal(&area, data + i * PAGE_WORDS, sizeof *data);
    }
    for (uint64_t turn = 0;; turn++) {
        for (int i = 0; i < 64; i++) {
            uint64_t *word = data + mix(turn * 64 + i) % (pages * PAGE_WORDS);
            (*word)++;
            guarded_seal(&area, word, sizeof *word);
        }
        if (guarded_check(wrong, sizeof wrong) == pages)
            snprintf(text, sizeof text, "ok turns=%" PRIu64 " uid=%u pid=%d\n", turn, getuid(), getpid());
        else
            snprintf(text, sizeof text, "wrong %s\n", wrong);
        say(path, text);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static void execute_32bit(const char *file, const char *path, const char *pages)
{
    char program[280];
    snprintf(program, sizeof program, "%.*scompat", (int)(strrchr(file, '/') + 1 - file), file);
    execl(program, program, path, pages, NULL);
    fail(program);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("peculiar FILE PAGES PROCESS...\n", stderr);
        return 2;
    }
    size_t pages = strtoul(argv[2], NULL, 10);
    int first = strcmp(argv[0], "first") == 0;
    if (!first) {
        if (prepare(argv[3], argv[1])) {
            argv[0] = "first";
            execv("/peculiar", argv);
            fail("exec");
        }
        printf("%d\n", getpid());
        fflush(stdout);
    }
    char path[256];
    int index = 0;
    for (;; index++) {
        pid_t child = 4 + index < argc ? fork() : -2;
        if (child == -1)
            fail("fork");
        if (child != 0)
            break;
        prepare(argv[4 + index], argv[1]);
    }
    snprintf(path, sizeof path, "%s.%d", argv[1], index);
    /* Nothing of the caller's stays open. */
    char nothing[280];
    snprintf(nothing, sizeof nothing, "%s.nothing", path);
    int fd = open(nothing, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        fail(nothing);
    if (strchr(argv[3 + index], 'x') != NULL)
        execute_32bit(argv[1], path, argv[2]);
    work(path, pages);
}
