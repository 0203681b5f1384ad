/*
 * oddities KIND[,KIND]...: a process that has things which lead out of it or that cannot be moved, one for each kind, and a bystander that has their other ends.
 * Prints "pid N" (the process that has them), for some kinds a number of theirs, "unavailable KIND" for what this kernel does not have, then "ready". The bystander
 * is the process that was started; when it ends, so does the other. SIGUSR1 lets the process open an io_uring.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void fail(const char *what)
{
    fprintf(stderr, "oddities: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int made(int fd, const char *what)
{
    if (fd < 0)
        fail(what);
    return fd;
}

/* Where it says something; of its children only the first process may have that open. */
static int out = 1, report[2];

/* For what a kernel may lack. */
static int perhaps(int fd, const char *kind)
{
    if (fd < 0)
        dprintf(out, "unavailable %s\n", kind);
    return fd;
}

static pid_t child(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        close(out);
        close(report[1]);
    }
    return pid;
}

/* What both have: made before the fork. 'mine' is closed in the bystander, 'theirs' in the process. */
static int mine[64], theirs[64], mine_count, theirs_count;
static void *shared_page;

static void pair(int inside, int outside)
{
    mine[mine_count++ % 64] = inside;
    theirs[theirs_count++ % 64] = outside;
}

static int listener(int family, int port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    int fd = made(socket(family, SOCK_STREAM, 0), "socket"), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, family == AF_INET ? (void *)&v4 : (void *)&v6, family == AF_INET ? sizeof v4 : sizeof v6) != 0 || listen(fd, 4) != 0)
        fail("listen");
    return fd;
}

static void connection(int family)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int waiting = listener(family, 0), inside = made(socket(family, SOCK_STREAM, 0), "socket");
    getsockname(waiting, (void *)&address, &length);
    if (connect(inside, (void *)&address, length) != 0)
        fail("connect");
    pair(inside, made(accept(waiting, NULL, NULL), "accept"));
    close(waiting);
}

static int is(const char *kind, const char *name) { return strcmp(kind, name) == 0; }

/* Kinds that need the bystander. */
static void before_fork(const char *kind)
{
    int ends[2];
    if (is(kind, "pipe-out") || is(kind, "pipe-in") || is(kind, "pipe-both")) {
        made(pipe(ends), "pipe");
        if (is(kind, "pipe-out"))
            pair(ends[1], ends[0]);
        else if (is(kind, "pipe-in"))
            pair(ends[0], ends[1]);
    } else if (is(kind, "fifo")) {
        unlink("/tmp/oddities.fifo");
        made(mkfifo("/tmp/oddities.fifo", 0600), "mkfifo");
        int reader = made(open("/tmp/oddities.fifo", O_RDONLY | O_NONBLOCK), "fifo");
        pair(made(open("/tmp/oddities.fifo", O_WRONLY), "fifo"), reader);
    } else if (is(kind, "eventfd")) {
        made(eventfd(0, 0), kind);
    } else if (is(kind, "listener")) {
        listener(AF_INET, 0);
    } else if (is(kind, "memfd")) {
        made(memfd_create("oddity", 0), kind);
    } else if (is(kind, "shared-memory")) {
        shared_page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        *(char *)shared_page = 1;
    } else if (is(kind, "stream")) {
        made(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), kind);
        pair(ends[0], ends[1]);
    } else if (is(kind, "datagrams")) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/oddities.socket" };
        int inside = made(socket(AF_UNIX, SOCK_DGRAM, 0), kind), outside = made(socket(AF_UNIX, SOCK_DGRAM, 0), kind);
        unlink(address.sun_path);
        if (bind(outside, (void *)&address, sizeof address) != 0 || connect(inside, (void *)&address, sizeof address) != 0)
            fail(kind);
        pair(inside, outside);
    } else if (is(kind, "senders")) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/oddities.senders" };
        int inside = made(socket(AF_UNIX, SOCK_DGRAM, 0), kind), outside = made(socket(AF_UNIX, SOCK_DGRAM, 0), kind);
        unlink(address.sun_path);
        if (bind(inside, (void *)&address, sizeof address) != 0 || connect(outside, (void *)&address, sizeof address) != 0)
            fail(kind);
        pair(inside, outside);
    } else if (is(kind, "datagram-pair")) {
        made(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), kind);
        pair(ends[0], ends[1]);
    } else if (is(kind, "connection")) {
        connection(AF_INET);
    } else if (is(kind, "connection6")) {
        connection(AF_INET6);
    } else if (is(kind, "terminal")) {
        int master = made(posix_openpt(O_RDWR | O_NOCTTY), kind);
        grantpt(master);
        unlockpt(master);
        pair(made(open(ptsname(master), O_RDWR | O_NOCTTY), kind), master);
    }
}

static int open_ring(void)
{
    struct io_uring_params parameters = { 0 };
    return (int)syscall(SYS_io_uring_setup, 4, &parameters);
}

static void *wait_forever(void *unused)
{
    dprintf(out, "thread %ld\n", syscall(SYS_gettid));
    for (;;)
        pause();
    return unused;
}

/* A group whose leader has ended. */
static void leaderless(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t leader = child();
    if (leader == 0) {
        setpgid(0, 0);
        if (child() == 0)
            for (;;)
                pause();
        _exit(0);
    }
    waitpid(leader, NULL, 0);
    dprintf(out, "group %d\n", leader);
}

static void child_in(int namespaces)
{
    made(unshare(namespaces), "unshare");
    if (child() == 0)
        for (;;)
            pause();
}

/* That many processes, each with ten ends of connections and ten other descriptors. */
static void crowd(int processes)
{
    for (int i = 1; i < processes; i++) {
        if (child() == 0) {
            for (int j = 0; j < 5; j++) {
                connection(AF_INET);
                made(open("/etc/passwd", O_RDONLY), "file");
                made(eventfd(0, 0), "eventfd");
            }
            for (;;)
                pause();
        }
    }
}

/* Everything that a process may have and that moves. */
static void harmless(void)
{
    int ends[2], fd;
    struct sigevent nothing = { .sigev_notify = SIGEV_NONE };
    timer_t timer;
    sigset_t signals;
    made(pipe(ends), "pipe"); /* both ends here */
    made(pipe(ends), "pipe");
    close(ends[0]); /* nobody has the other end */
    made(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
    made(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
    close(ends[1]);
    connection(AF_INET);
    made(eventfd(0, 0), "eventfd");
    made(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd");
    made(epoll_create1(0), "epoll");
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    made(signalfd(-1, &signals, 0), "signalfd");
    made(timer_create(CLOCK_MONOTONIC, &nothing, &timer), "timer");
    fd = made(inotify_init(), "inotify");
    made(inotify_add_watch(fd, "/dev/shm", IN_CREATE), "inotify");
    made(memfd_create("mine", 0), "memfd");
    *(char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) = 1;
    listener(AF_INET, 0);
    made(socket(AF_INET, SOCK_DGRAM, 0), "udp");
    made(socket(AF_NETLINK, SOCK_RAW, 0), "netlink");
    made(open("/etc/passwd", O_RDONLY), "file");
    made(open("/dev/urandom", O_RDONLY), "device");
    int master = made(posix_openpt(O_RDWR | O_NOCTTY), "terminal");
    grantpt(master);
    unlockpt(master);
    made(open(ptsname(master), O_RDWR | O_NOCTTY), "terminal");
    pid_t other = child();
    if (other == 0)
        for (;;)
            pause();
    made((int)syscall(SYS_pidfd_open, other, 0), "pidfd");
}

static void after_fork(const char *kind)
{
    if (is(kind, "io_uring")) {
        perhaps(open_ring(), kind);
    } else if (is(kind, "userfaultfd")) {
        perhaps((int)syscall(SYS_userfaultfd, O_CLOEXEC), kind);
    } else if (is(kind, "perf")) {
        struct perf_event_attr attributes = { .type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = PERF_COUNT_SW_TASK_CLOCK };
        perhaps((int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0), kind);
    } else if (is(kind, "pidfd")) {
        made((int)syscall(SYS_pidfd_open, getppid(), 0), kind);
    } else if (is(kind, "device")) {
        unlink("/tmp/oddities.device");
        mknod("/tmp/oddities.device", S_IFCHR | 0600, makedev(10, 229)); /* that of fuse, which no restore knows */
        perhaps(open("/tmp/oddities.device", O_RDWR), kind);
    } else if (is(kind, "device-memory")) {
        unlink("/tmp/oddities.memory");
        mknod("/tmp/oddities.memory", S_IFCHR | 0600, makedev(1, 1)); /* that of /dev/mem: the BIOS, which anyone may read */
        int memory = perhaps(open("/tmp/oddities.memory", O_RDONLY), kind);
        if (memory >= 0 && mmap(NULL, 4096, PROT_READ, MAP_SHARED, memory, 0xf0000) == MAP_FAILED)
            perhaps(-1, kind);
        close(memory);
    } else if (is(kind, "message-queue")) {
        perhaps(mq_open("/oddities", O_RDWR | O_CREAT, 0600, NULL), kind);
    } else if (is(kind, "secret")) {
        perhaps((int)syscall(447, 0), kind);
    } else if (is(kind, "vsock")) {
        perhaps(socket(AF_VSOCK, SOCK_STREAM, 0), kind);
    } else if (is(kind, "alg")) {
        perhaps(socket(AF_ALG, SOCK_SEQPACKET, 0), kind);
    } else if (is(kind, "multipath")) {
        perhaps(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), kind);
    } else if (is(kind, "shm")) {
        int segment = made(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600), kind);
        *(char *)shmat(segment, NULL, 0) = 1;
        shmctl(segment, IPC_RMID, NULL);
    } else if (is(kind, "sem")) {
        int set = made(semget(IPC_PRIVATE, 2, IPC_CREAT | 0600), kind);
        struct sembuf up = { .sem_num = 1, .sem_op = 1 };
        made(semop(set, &up, 1), kind);
        dprintf(out, "sem %d\n", set);
    } else if (is(kind, "msg")) {
        int queue = made(msgget(IPC_PRIVATE, IPC_CREAT | 0600), kind);
        struct { long type; char text[4]; } message = { .type = 1 };
        made(msgsnd(queue, &message, sizeof message.text, 0), kind);
        dprintf(out, "msg %d\n", queue);
    } else if (is(kind, "nested-pid")) {
        child_in(CLONE_NEWPID);
    } else if (is(kind, "nested-ipc")) {
        if (child() == 0) {
            made(unshare(CLONE_NEWIPC), "unshare");
            for (;;)
                pause();
        }
    } else if (is(kind, "thread")) {
        pthread_t thread;
        pthread_create(&thread, NULL, wait_forever, NULL);
    } else if (is(kind, "group")) {
        leaderless();
    } else if (is(kind, "file")) {
        int fd = made(open("/tmp/oddities.file", O_RDWR | O_CREAT | O_TRUNC, 0600), kind);
        if (write(fd, "content\n", 8) != 8)
            fail(kind);
        mkdir("/tmp/oddities.directory", 0755);
        made(open("/tmp/oddities.directory", O_RDONLY | O_DIRECTORY), kind);
        made(open("/tmp/oddities.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600), kind);
    } else if (is(kind, "port")) {
        listener(AF_INET, 8766);
    } else if (is(kind, "harmless")) {
        harmless();
    } else if (strncmp(kind, "crowd", 5) == 0) {
        crowd(atoi(kind + 5));
    } else if (is(kind, "memory")) {
        memset(mmap(NULL, 48 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 7, 48 << 20);
    }
}

static void open_later(int unused)
{
    (void)unused;
    open_ring();
}

int main(int argc, char **argv)
{
    char *kinds[64];
    int count = 0;
    if (argc != 2) {
        fputs("usage: oddities KIND[,KIND]...\n", stderr);
        return 2;
    }
    for (char *kind = strtok(argv[1], ","); kind != NULL && count < 64; kind = strtok(NULL, ","))
        kinds[count++] = kind;
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* What it was started with is none of its things. */
    syscall(SYS_close_range, 3, ~0U, 0);
    for (int i = 0; i < count; i++)
        before_fork(kinds[i]);
    made(pipe(report), "pipe");
    pid_t bystander = getpid(), process = fork();
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != bystander)
            _exit(1);
        setsid();
        for (int i = 0; i < theirs_count; i++)
            close(theirs[i]);
        signal(SIGUSR1, open_later);
        /* Its standard streams lead nowhere. */
        int null = open("/dev/null", O_RDWR);
        out = fcntl(1, F_DUPFD, 200);
        for (int fd = 0; fd <= 2; fd++)
            dup2(null, fd);
        close(null);
        close(report[0]);
        for (int i = 0; i < count; i++)
            after_fork(kinds[i]);
        usleep(50000); /* threads have said their numbers */
        close(out);
        if (write(report[1], "r", 1) != 1)
            _exit(1);
        close(report[1]);
        /* Beyond the fork, as CRIU would restore it and the move would end the process. */
        prctl(PR_SET_PDEATHSIG, 0);
        for (;;)
            pause();
    }
    for (int i = 0; i < mine_count; i++)
        close(mine[i]);
    close(report[1]);
    char ready;
    if (read(report[0], &ready, 1) != 1)
        return 1;
    close(report[0]);
    printf("pid %d\nready\n", process);
    fflush(stdout);
    for (;;)
        pause();
}
