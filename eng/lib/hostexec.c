/*
 * hostexec HOSTDIR CMD [ARG]...: runs CMD in every namespace of a testbed host. Started by `testbed.sh exec`.
 *
 * HOSTDIR/init holds "PID INODE": the first process of the host and the inode of its PID namespace (a reused PID is noticed).
 * HOSTDIR/cgroups holds the cgroup directories of the host, one a line.
 *
 * Three processes: this one outside (the id the caller knows), a supervisor inside, the command. The command must not carry a
 * parent-death signal itself: CRIU would restore it, and it would fire when `criu restore -d` leaves. So the supervisor carries it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_TESTBED = 125, EXIT_NOT_RUNNABLE = 126, EXIT_NOT_FOUND = 127 };

static const char *const namespaces[] = { "cgroup", "ipc", "uts", "net", "mnt" };
enum { NAMESPACES = sizeof namespaces / sizeof *namespaces };

static sigset_t original_mask;

static void fail(const char *format, ...)
{
    va_list arguments;
    int error = errno;
    va_start(arguments, format);
    fputs("testbed exec: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0)
        fprintf(stderr, ": %s", strerror(error));
    fputc('\n', stderr);
    _exit(EXIT_TESTBED);
}

static int open_namespace(long pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/ns/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail("the host is gone (%s)", path);
    return fd;
}

static void join_cgroups(const char *hostdir)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/cgroups", hostdir);
    FILE *list = fopen(path, "re");
    if (list == NULL)
        fail("%s", path);
    while (fgets(path, sizeof path - 16, list) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        strcat(path, "/cgroup.procs");
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, "0", 1) != 1)
            fail("joining %s", path);
        close(fd);
    }
    fclose(list);
}

/* CRIU cannot find the mount of a /dev/null that was opened outside. */
static void reopen_null_devices(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct stat status;
        if (fstat(fd, &status) == 0 && !(S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)))
            continue;
        int null = open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
        if (null < 0)
            fail("/dev/null inside the host");
        if (null != fd) {
            dup2(null, fd);
            close(null);
        }
    }
}

/* Waits for the child; passes signals on. Returns its exit code, 128 + N when signal N ended it. */
static int supervise(pid_t child, int parent_died, int child_has_own_session)
{
    sigset_t all;
    sigfillset(&all);
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&all, &info);
        if (number < 0)
            continue;
        if (number == SIGCHLD) {
            int status;
            pid_t ended = waitpid(child, &status, WNOHANG);
            if (ended == child)
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        } else if (number == parent_died) {
            kill(child, SIGKILL);
        } else if (info.si_code != SI_KERNEL || child_has_own_session) {
            /* What a terminal sends reaches a child of the same session without help. */
            kill(child, number);
        }
    }
}

static void run_command(char **command, int own_session)
{
    if (own_session)
        setsid();
    /* A shell starts background jobs with these two ignored; that is not the command's business. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    sigprocmask(SIG_SETMASK, &original_mask, NULL);
    execvp(command[0], command);
    fprintf(stderr, "testbed exec: %s: %s\n", command[0], strerror(errno));
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE);
}

static int run_supervisor(const char *hostdir, const int *fds, char **command, int own_session)
{
    const int parent_died = SIGRTMIN;
    prctl(PR_SET_PDEATHSIG, parent_died);
    /* Inside, a living parent from outside shows as 0; 1 means that it died before the line above. */
    if (getppid() == 1)
        return EXIT_TESTBED;
    join_cgroups(hostdir);
    for (int i = 0; i < NAMESPACES; i++) {
        if (setns(fds[i], 0) != 0)
            fail("entering the %s namespace", namespaces[i]);
    }
    if (chdir("/") != 0)
        fail("chdir /");
    close_range(3, ~0U, 0);
    reopen_null_devices();
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    unsetenv("TMPDIR");
    /* The root file system has no ICU. */
    setenv("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1", 0);
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        run_command(command, own_session);
    return supervise(child, parent_died, own_session);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: hostexec HOSTDIR CMD [ARG]...\n", stderr);
        return EXIT_TESTBED;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/init", argv[1]);
    long pid;
    unsigned long inode;
    FILE *init = fopen(path, "re");
    if (init == NULL || fscanf(init, "%ld %lu", &pid, &inode) != 2)
        fail("no such host (%s)", path);
    fclose(init);

    int pid_namespace = open_namespace(pid, "pid");
    struct stat status;
    errno = 0;
    if (fstat(pid_namespace, &status) != 0 || status.st_ino != inode)
        fail("the host is gone: process %ld is another one now", pid);
    int fds[NAMESPACES];
    for (int i = 0; i < NAMESPACES; i++)
        fds[i] = open_namespace(pid, namespaces[i]);

    /* Without a terminal the command leads a session of its own: CRIU refuses a tree whose session leader is outside. */
    int own_session = !isatty(0);
    sigset_t all;
    sigfillset(&all);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &all, &original_mask);
    if (setns(pid_namespace, CLONE_NEWPID) != 0)
        fail("entering the pid namespace");
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0)
        _exit(run_supervisor(argv[1], fds, argv + 2, own_session));
    close_range(3, ~0U, 0);
    /* A terminal sends to the supervisor too: it is in the same process group. */
    return supervise(child, 0, 0);
}
