/*
 * Holds file locks as databases do, and leases, unix sockets and deleted files, and asks who holds them.
 *
 *   filelocks hold DIRECTORY KIND...   takes the locks, then counts in DIRECTORY/alive (opened anew each time) until it is killed
 *   filelocks probe DIRECTORY KIND...  prints KIND=free, KIND=shared or KIND=held for each: what another process could have
 *   filelocks wait DIRECTORY KIND      waits until it gets the lock, says so and keeps it
 *   filelocks grab DIRECTORY KIND      the same, but tries all the time instead of waiting
 *
 * The kinds of leases that end in 'wanted' are ones that somebody wants to end by opening the file, and that are not given up.
 * Each kind has a file of its own in DIRECTORY. 'socket' and 'socket-relative' listen there and answer, and are 'held' while they do; 'deleted' is a file that is open and
 * deleted. 'socket-local' and 'open-local' are /tmp/filelocks-socket and /tmp/filelocks-open, the latter open for reading and nothing else; who waits for it takes a lease
 * on it and does not hear that it should let go, so that whoever opens it waits for 45 s.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAUSE_US = 20000 };

static const char *directory;

static void die(const char *what)
{
    fprintf(stderr, "filelocks: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_file(const char *kind, int flags)
{
    char path[4096];
    if (strcmp(kind, "open-local") == 0)
        snprintf(path, sizeof path, "/tmp/filelocks-open");
    else
        snprintf(path, sizeof path, "%s/%s", directory, kind);
    int file = open(path, flags | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        die(path);
    return file;
}

static int set_range(int file, int command, short type, off_t start, off_t length)
{
    struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    return fcntl(file, command, &range);
}

static void take(int file, int command, short type, off_t start, off_t length)
{
    if (set_range(file, command, type, start, length) != 0)
        die("a lock that should be free");
}

/* Somebody wants to open the file, and the holder of the lease does not answer. */
static void want(const char *kind, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, kind);
    signal(SIGIO, SIG_IGN);
    if (open(path, flags | O_NONBLOCK | O_CLOEXEC) >= 0 || errno != EWOULDBLOCK)
        die("a lease that should be in the way");
}

/* A process of the tree that does nothing but hold what it took or inherited. */
static void rest(void)
{
    for (;;)
        pause();
}

/* Waits until a child says by a byte that it has its lock. */
static void fork_holder(void (*holder)(void))
{
    int said[2];
    char byte;
    if (pipe(said) != 0)
        die("pipe");
    pid_t child = fork();
    if (child == 0) {
        close(said[0]);
        holder();
        if (write(said[1], "x", 1) != 1)
            die("write");
        close(said[1]);
        rest();
    }
    close(said[1]);
    if (read(said[0], &byte, 1) != 1)
        die("the child");
    close(said[0]);
}

static void hold_in_child(void)
{
    take(open_file("posix-child", O_RDWR), F_SETLK, F_WRLCK, 100, 50);
}

static int inherited;

static void hold_inherited(void)
{
}

enum { MOST_LISTENERS = 4 };

static int listeners[MOST_LISTENERS], listener_count;

static struct sockaddr_un socket_name(const char *kind)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    if (strcmp(kind, "socket-local") == 0)
        snprintf(name.sun_path, sizeof name.sun_path, "/tmp/filelocks-socket");
    else if (strcmp(kind, "socket-relative") == 0)
        snprintf(name.sun_path, sizeof name.sun_path, "%s", kind);
    else if (snprintf(name.sun_path, sizeof name.sun_path, "%s/%s", directory, kind) >= (int)sizeof name.sun_path)
        die("a path of more than 107 characters");
    return name;
}

static void hold_socket(const char *kind)
{
    struct sockaddr_un name = socket_name(kind);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (chdir(directory) != 0 || listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof name) != 0 || listen(listener, 16) != 0)
        die(kind);
    listeners[listener_count++] = listener;
}

static void answer_clients(void)
{
    for (int i = 0; i < listener_count; i++) {
        int client;
        while ((client = accept4(listeners[i], NULL, NULL, SOCK_CLOEXEC)) >= 0) {
            if (send(client, "x", 1, MSG_NOSIGNAL) != 1)
                fprintf(stderr, "filelocks: a client went away\n");
            close(client);
        }
    }
}

static int probe_socket(const char *kind)
{
    struct sockaddr_un name = socket_name(kind);
    struct timeval patience = { .tv_sec = 5 };
    char byte;
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (chdir(directory) != 0 || client < 0 || setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
        die(kind);
    int answered = connect(client, (struct sockaddr *)&name, sizeof name) == 0 && recv(client, &byte, 1, 0) == 1;
    close(client);
    return answered ? 2 : 0;
}

static void hold_kind(const char *kind)
{
    if (strncmp(kind, "socket", 6) == 0) {
        hold_socket(kind);
    } else if (strcmp(kind, "open-local") == 0) {
        open_file(kind, O_RDONLY);
    } else if (strcmp(kind, "deleted") == 0) {
        char path[4096];
        int file = open_file(kind, O_RDWR);
        snprintf(path, sizeof path, "%s/%s", directory, kind);
        if (write(file, "deleted", 7) != 7 || unlink(path) != 0)
            die(kind);
    } else if (strcmp(kind, "posix") == 0) {
        int file = open_file(kind, O_RDWR);
        take(file, F_SETLK, F_WRLCK, 0, 10);
        take(file, F_SETLK, F_RDLCK, 20, 10);
        take(file, F_SETLK, F_WRLCK, 1 << 20, 0);
    } else if (strcmp(kind, "posix-shared") == 0) {
        take(open_file(kind, O_RDWR), F_SETLK, F_RDLCK, 0, 0);
    } else if (strcmp(kind, "posix-upgraded") == 0) {
        int file = open_file(kind, O_RDWR);
        take(file, F_SETLK, F_RDLCK, 0, 0);
        take(file, F_SETLK, F_WRLCK, 0, 0);
    } else if (strcmp(kind, "posix-child") == 0) {
        fork_holder(hold_in_child);
    } else if (strcmp(kind, "flock") == 0) {
        if (flock(open_file(kind, O_RDONLY), LOCK_EX | LOCK_NB) != 0)
            die(kind);
    } else if (strcmp(kind, "flock-shared") == 0) {
        if (flock(open_file(kind, O_RDONLY), LOCK_SH | LOCK_NB) != 0)
            die(kind);
    } else if (strcmp(kind, "flock-inherited") == 0) {
        /* Taken by the parent, which closes its descriptor: the child has it alone. */
        inherited = open_file(kind, O_RDONLY);
        if (flock(inherited, LOCK_EX | LOCK_NB) != 0)
            die(kind);
        fork_holder(hold_inherited);
        close(inherited);
    } else if (strcmp(kind, "ofd") == 0) {
        int file = open_file(kind, O_RDWR);
        take(file, F_OFD_SETLK, F_WRLCK, 0, 100);
        take(file, F_OFD_SETLK, F_RDLCK, 200, 100);
    } else if (strcmp(kind, "ofd-inherited") == 0) {
        inherited = open_file(kind, O_RDWR);
        take(inherited, F_OFD_SETLK, F_WRLCK, 0, 0);
        fork_holder(hold_inherited);
    } else if (strcmp(kind, "lease") == 0) {
        if (fcntl(open_file(kind, O_RDWR), F_SETLEASE, F_WRLCK) != 0)
            die(kind);
    } else if (strcmp(kind, "lease-shared") == 0) {
        close(open_file(kind, O_RDWR));
        if (fcntl(open_file(kind, O_RDONLY), F_SETLEASE, F_RDLCK) != 0)
            die(kind);
    } else if (strcmp(kind, "lease-inherited") == 0) {
        inherited = open_file(kind, O_RDWR);
        if (fcntl(inherited, F_SETLEASE, F_WRLCK) != 0)
            die(kind);
        fork_holder(hold_inherited);
    } else if (strcmp(kind, "lease-wanted") == 0 || strcmp(kind, "lease-wanted-for-reading") == 0) {
        if (fcntl(open_file(kind, O_RDWR), F_SETLEASE, F_WRLCK) != 0)
            die(kind);
        want(kind, strcmp(kind, "lease-wanted") == 0 ? O_WRONLY : O_RDONLY);
    } else if (strcmp(kind, "lease-shared-wanted") == 0) {
        close(open_file(kind, O_RDWR));
        if (fcntl(open_file(kind, O_RDONLY), F_SETLEASE, F_RDLCK) != 0)
            die(kind);
        want(kind, O_WRONLY);
    } else if (strcmp(kind, "lease-inherited-wanted") == 0) {
        inherited = open_file(kind, O_RDWR);
        if (fcntl(inherited, F_SETLEASE, F_WRLCK) != 0)
            die(kind);
        fork_holder(hold_inherited);
        close(inherited);
        want(kind, O_WRONLY);
    } else {
        errno = EINVAL;
        die(kind);
    }
}

static void say_alive(uint64_t count)
{
    char path[4096], next[4096];
    snprintf(path, sizeof path, "%s/alive", directory);
    snprintf(next, sizeof next, "%s/alive.new", directory);
    FILE *file = fopen(next, "w");
    if (file == NULL)
        die(next);
    fprintf(file, "%llu\n", (unsigned long long)count);
    fclose(file);
    if (rename(next, path) != 0)
        die(path);
}

/* What another process could have of the file: 0 everything, 1 a shared lock, 2 nothing. */
static int probe_range(int file)
{
    struct flock range = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    if (fcntl(file, F_OFD_GETLK, &range) != 0)
        die("F_OFD_GETLK");
    if (range.l_type != F_UNLCK)
        return 2;
    range = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(file, F_OFD_GETLK, &range) != 0)
        die("F_OFD_GETLK");
    return range.l_type != F_UNLCK;
}

static int probe_flock(int file)
{
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return flock(file, LOCK_SH | LOCK_NB) == 0 ? 1 : 2;
}

/* The lease of an open file of the holder, through a duplicate of its descriptor. The table of locks hides those that an agent took back, as it names the agent, which has ended; opening the
 * file would break it. */
static int lease_of(int process, int descriptor)
{
    int pidfd = syscall(SYS_pidfd_open, process, 0);
    int file = pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, descriptor, 0);
    if (file < 0)
        die("pidfd_getfd");
    int type = fcntl(file, F_GETLEASE);
    close(file);
    close(pidfd);
    return type;
}

static int probe_lease(const char *kind)
{
    char path[4096], name[8192], target[4096];
    int process = 0, held = 0;
    snprintf(path, sizeof path, "%s/pid", directory);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &process) != 1)
        die(path);
    fclose(file);
    snprintf(path, sizeof path, "/proc/%d/fd", process);
    DIR *open_files = opendir(path);
    if (open_files == NULL)
        die(path);
    for (struct dirent *entry; (entry = readdir(open_files)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        ssize_t length = readlink(name, target, sizeof target - 1);
        if (length < 0)
            continue;
        target[length] = 0;
        snprintf(name, sizeof name, "%s/%s", directory, kind);
        if (strcmp(target, name) == 0)
            held |= lease_of(process, atoi(entry->d_name)) != F_UNLCK;
    }
    closedir(open_files);
    return held ? 2 : 0;
}

static int probe_kind(const char *kind)
{
    if (strncmp(kind, "lease", 5) == 0)
        return probe_lease(kind);
    if (strncmp(kind, "socket", 6) == 0)
        return probe_socket(kind);
    int file = open_file(kind, O_RDWR), answer = strncmp(kind, "flock", 5) == 0 ? probe_flock(file) : probe_range(file);
    close(file);
    return answer;
}

static void wait_for(const char *kind, int trying)
{
    int file = open_file(kind, O_RDWR);
    if (strcmp(kind, "open-local") == 0) {
        signal(SIGIO, SIG_IGN);
        if (fcntl(file, F_SETLEASE, F_WRLCK) != 0)
            die(kind);
    }
    printf("waiting\n");
    fflush(stdout);
    if (strcmp(kind, "open-local") == 0)
        rest();
    while (trying && set_range(file, F_SETLK, F_WRLCK, 0, 0) != 0)
        ;
    int failed = trying ? 0 : strncmp(kind, "flock", 5) == 0 ? flock(file, LOCK_EX)
        : set_range(file, strncmp(kind, "ofd", 3) == 0 ? F_OFD_SETLKW : F_SETLKW, F_WRLCK, 0, 0);
    if (failed != 0)
        die("waiting");
    printf("got it\n");
    fflush(stdout);
    rest();
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: filelocks hold|probe|wait|grab DIRECTORY KIND...\n");
        return 2;
    }
    directory = argv[2];
    if (strcmp(argv[1], "probe") == 0) {
        static const char *const answers[] = { "free", "shared", "held" };
        for (int i = 3; i < argc; i++)
            printf("%s%s=%s", i == 3 ? "" : " ", argv[i], answers[probe_kind(argv[i])]);
        printf("\n");
        return 0;
    }
    if (strcmp(argv[1], "wait") == 0 || strcmp(argv[1], "grab") == 0)
        wait_for(argv[3], argv[1][0] == 'g');
    for (int i = 3; i < argc; i++)
        hold_kind(argv[i]);
    for (uint64_t count = 1;; count++) {
        say_alive(count);
        answer_clients();
        usleep(PAUSE_US);
    }
}
