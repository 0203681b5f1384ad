/*
 * A service that has one or more of the things that make a program hard to move: deleted files of every kind, sockets to other programs,
 * watched files, a mount namespace of its own. 'check' tells of each whether it still works.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "commands.h"
#include "options.h"
#include "pattern.h"

enum { KINDS = 16, FILES = 8 };

/* One thing that it has: made once, then tried with every check. A check returns 0, or -1 with what is wrong in 'wrong'. */
struct kind {
    const char *name, *summary;
    void (*make)(void);
    int (*check)(void);
};

static const char *directory = "/tmp", *peer = "", *root = "", *volume = "";
static uint64_t mebibytes = 1;
static char wrong[512];

static struct { int fd; off_t at[3]; int blocks; uint64_t identity; } files[FILES];
static int file_count, sparse_file, linked_file, library_file;

static void fail(const char *what)
{
    fprintf(stderr, "belongings: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int not_so(const char *what)
{
    snprintf(wrong, sizeof wrong, "%.400s: %s", what, strerror(errno));
    return -1;
}

static char *path_of(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* Blocks of a page at places in a file, each with content of its own. */
static void remember(int fd, off_t bytes, int sparse)
{
    uint64_t page[PAGE_WORDS];
    uint64_t identity = (uint64_t)file_count + 1;
    off_t step = sparse ? bytes / 2 - PAGE_BYTES : PAGE_BYTES;
    int blocks = sparse ? 3 : (int)(bytes / PAGE_BYTES);
    for (int block = 0; block < blocks; block++) {
        pattern_write(page, identity, (uint64_t)block + 1);
        if (pwrite(fd, page, sizeof page, block * step) != sizeof page)
            fail("writing a file");
    }
    files[file_count].fd = fd, files[file_count].blocks = blocks, files[file_count].identity = identity;
    files[file_count++].at[0] = step;
}

static int deleted(const char *name, off_t bytes, int sparse)
{
    char *path = path_of(name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        fail(path);
    remember(fd, bytes, sparse);
    if (unlink(path) != 0)
        fail(path);
    return fd;
}

static int check_files(void)
{
    uint64_t page[PAGE_WORDS];
    for (int file = 0; file < file_count; file++) {
        for (int block = 0; block < files[file].blocks; block++) {
            if (pread(files[file].fd, page, sizeof page, block * files[file].at[0]) != sizeof page)
                return not_so("reading a file");
            if (!pattern_check(page, files[file].identity, (uint64_t)block + 1, wrong, sizeof wrong))
                return -1;
        }
    }
    return 0;
}

static void make_spool(void) { deleted("spool", (off_t)mebibytes << 20, 0); }

static void make_several(void)
{
    deleted("first", 3 * PAGE_BYTES, 0);
    deleted("second", 5 * PAGE_BYTES, 0);
    directory = "/dev/shm"; /* another mount */
    deleted("third", 7 * PAGE_BYTES, 0);
    directory = "/tmp";
}

static void make_sparse(void)
{
    deleted("sparse", (off_t)1 << 30, 1);
    sparse_file = file_count - 1;
}

static int check_sparse(void)
{
    struct stat status;
    if (fstat(files[sparse_file].fd, &status) != 0)
        return not_so("fstat");
    if (status.st_size < ((off_t)1 << 29) || status.st_blocks > 1024) {
        snprintf(wrong, sizeof wrong, "the sparse file has %lld bytes in %lld blocks", (long long)status.st_size, (long long)status.st_blocks);
        return -1;
    }
    return check_files();
}

static void make_nameless(void)
{
    int fd = open(directory, O_TMPFILE | O_RDWR, 0600);
    if (fd < 0)
        fail("O_TMPFILE");
    remember(fd, 4 * PAGE_BYTES, 0);
}

static void make_linked(void)
{
    char other[PATH_MAX];
    snprintf(other, sizeof other, "%s/linked.other", directory);
    unlink(other);
    char *path = path_of("linked");
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || link(path, other) != 0)
        fail(path);
    remember(fd, 4 * PAGE_BYTES, 0);
    linked_file = file_count - 1;
    unlink(path_of("linked"));
}

/* What is written through it has to be seen under the other name: the file must be the same, not a copy. */
static int check_linked(void)
{
    struct stat here, there;
    char other[PATH_MAX];
    snprintf(other, sizeof other, "%s/linked.other", directory);
    if (fstat(files[linked_file].fd, &here) != 0 || stat(other, &there) != 0)
        return not_so(other);
    if (here.st_ino != there.st_ino || here.st_dev != there.st_dev) {
        snprintf(wrong, sizeof wrong, "the open file is another than %.400s", other);
        return -1;
    }
    return check_files();
}

static void make_place(void)
{
    char *path = path_of("place");
    if (mkdir(path, 0700) != 0 || chdir(path) != 0 || rmdir(path_of("place")) != 0)
        fail(path);
}

static int check_place(void)
{
    char link[PATH_MAX];
    ssize_t length = readlink("/proc/self/cwd", link, sizeof link - 1);
    if (length < 0)
        return not_so("/proc/self/cwd");
    link[length] = '\0';
    if (strstr(link, "place") == NULL || strstr(link, "(deleted)") == NULL) {
        snprintf(wrong, sizeof wrong, "the current directory is %.300s", link);
        return -1;
    }
    return 0;
}

static int fifo;

static void make_fifo(void)
{
    char *path = path_of("fifo");
    if (mkfifo(path, 0600) != 0 || (fifo = open(path, O_RDWR | O_NONBLOCK)) < 0 || unlink(path_of("fifo")) != 0 || write(fifo, "x", 1) != 1)
        fail(path);
}

static int check_fifo(void)
{
    char byte;
    if (read(fifo, &byte, 1) != 1 || write(fifo, &byte, 1) != 1)
        return not_so("the fifo");
    return 0;
}

static int listener;

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%.107s", path);
    return address;
}

static void make_socket(void)
{
    struct sockaddr_un address = address_of(path_of("socket"));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4) != 0 || unlink(address.sun_path) != 0)
        fail(address.sun_path);
}

static int check_socket(void)
{
    int listens = 0;
    socklen_t length = sizeof listens;
    if (getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens)
        return not_so("the socket does not listen");
    return 0;
}

/* The program is a copy that is deleted, as after an upgrade; a mapping of a deleted library with it. */
static char *library;

static void make_upgraded(void)
{
    if (getenv("UPGRADED") == NULL) {
        char command[2 * PATH_MAX], *path = path_of("upgraded");
        snprintf(command, sizeof command, "cp /proc/%d/exe %s", getpid(), path);
        setenv("UPGRADED", path, 1);
        if (system(command) != 0)
            fail("copying the program");
        extern char **arguments;
        execv(path, arguments);
        fail(path);
    }
    if (unlink(getenv("UPGRADED")) != 0)
        fail(getenv("UPGRADED"));
    int fd = deleted("library", 2 * PAGE_BYTES, 0);
    library_file = file_count - 1;
    library = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    if (library == MAP_FAILED)
        fail("mapping a library");
}

static int check_upgraded(void)
{
    char link[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", link, sizeof link - 1);
    if (length < 0)
        return not_so("/proc/self/exe");
    link[length] = '\0';
    if (strstr(link, "upgraded") == NULL || strstr(link, "(deleted)") == NULL) {
        snprintf(wrong, sizeof wrong, "the program is %.300s", link);
        return -1;
    }
    return pattern_check((uint64_t *)library, files[library_file].identity, 1, wrong, sizeof wrong) ? 0 : -1;
}

static int logger;

static void make_logger(void)
{
    struct sockaddr_un address = address_of(peer);
    logger = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (connect(logger, (struct sockaddr *)&address, sizeof address) != 0)
        fail(peer);
}

static int check_logger(void) { return send(logger, "tick", 4, MSG_DONTWAIT) == 4 ? 0 : not_so("the logger"); }

static int stream;

static void make_stream(void)
{
    struct sockaddr_un address = address_of(peer);
    stream = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(stream, (struct sockaddr *)&address, sizeof address) != 0)
        fail(peer);
}

static int check_stream(void) { return send(stream, "tick\n", 5, MSG_DONTWAIT | MSG_NOSIGNAL) == 5 ? 0 : not_so("the stream"); }

/* A connection to a program that stays; told apart are 'open' and 'closed', both of which may be what was asked for. */
static int connection;

static void make_connection(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char host[64];
    const char *colon = strrchr(peer, ':');
    snprintf(host, sizeof host, "%.*s", colon == NULL ? 0 : (int)(colon - peer), peer);
    address.sin_port = colon == NULL ? 0 : htons((uint16_t)strtoul(colon + 1, NULL, 10));
    connection = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        fail(peer);
}

static int check_connection(void)
{
    char byte;
    ssize_t got = recv(connection, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    snprintf(wrong, sizeof wrong, "connection=%s", got < 0 && errno == EAGAIN ? "open" : "closed");
    return 0;
}

static int watcher;

static void make_watch(void)
{
    int fd = open(path_of("watched"), O_RDWR | O_CREAT, 0600);
    watcher = inotify_init1(IN_NONBLOCK);
    if (fd < 0 || inotify_add_watch(watcher, path_of("watched"), IN_MODIFY) < 0)
        fail(path_of("watched"));
    close(fd);
}

static int check_watch(void)
{
    char events[4096];
    int fd = open(path_of("watched"), O_WRONLY);
    if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
        return not_so(path_of("watched"));
    return read(watcher, events, sizeof events) > 0 ? 0 : not_so("the watched file");
}

/*
 * The first process of a new mount and PID namespace, with a root of its own and a volume of the host in it. The root has this program as
 * /belongings, an empty file /null, and the directories proc, old and volume.
 */
static void make_contained(void)
{
    char path[PATH_MAX];
    if (getenv("CONTAINED") != NULL) {
        puts("ready");
        fflush(stdout);
        int nowhere = open("/null", O_RDWR);
        dup2(nowhere, 0);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        close(nowhere);
        return;
    }
    if (unshare(CLONE_NEWNS | CLONE_NEWPID) != 0)
        fail("unshare");
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child > 0) {
        for (int fd = 3; fd < 64; fd++)
            close(fd); /* the child listens again */
        waitpid(child, NULL, 0);
        exit(0);
    }
    if (setsid() < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount(root, root, NULL, MS_BIND, NULL) != 0)
        fail(root);
    snprintf(path, sizeof path, "%s/volume", root);
    if (mount(volume, path, NULL, MS_BIND, NULL) != 0)
        fail(path);
    snprintf(path, sizeof path, "%s/proc", root);
    if (mount("proc", path, "proc", 0, NULL) != 0)
        fail(path);
    snprintf(path, sizeof path, "%s/old", root);
    if (syscall(SYS_pivot_root, root, path) != 0 || chdir("/") != 0 || umount2("/old", MNT_DETACH) != 0)
        fail("pivot_root");
    /* Once more from inside, so that nothing of the host's file system is left open. */
    extern char **arguments;
    setenv("CONTAINED", "1", 1);
    execv("/belongings", arguments);
    fail("/belongings");
}

static int check_contained(void)
{
    char text[64] = "";
    int fd = open("/volume/content", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
        return not_so("/volume/content");
    close(fd);
    text[strcspn(text, "\n")] = '\0';
    snprintf(wrong, sizeof wrong, "pid=%d volume=%s", getpid(), text);
    return 0;
}

static const struct kind kinds[] = {
    { "contained", "itself in a mount and PID namespace of its own", make_contained, check_contained },
    { "upgraded", "a program and a library that are deleted", make_upgraded, check_upgraded },
    { "spool", "a deleted file of --mib", make_spool, check_files },
    { "several", "three deleted files, one on another mount", make_several, check_files },
    { "sparse", "a deleted file of 1 GiB with little in it", make_sparse, check_sparse },
    { "nameless", "a file that never had a name", make_nameless, check_files },
    { "linked", "a deleted file with another name left", make_linked, check_linked },
    { "place", "a deleted current directory", make_place, check_place },
    { "fifo", "a deleted fifo with a byte in it", make_fifo, check_fifo },
    { "socket", "a listening unix socket without its path", make_socket, check_socket },
    { "logger", "a datagram socket connected to --peer", make_logger, check_logger },
    { "stream", "a unix stream connected to --peer", make_stream, check_stream },
    { "connection", "a TCP connection to --peer", make_connection, check_connection },
    { "watch", "a watched file", make_watch, check_watch },
};

static const struct kind *chosen[KINDS];
static int chosen_count;
char **arguments;

static void answer(const char *command, char *text, size_t size)
{
    char more[COMMANDS_ANSWER] = "";
    if (strcmp(command, "quit") == 0)
        exit(0);
    if (strcmp(command, "check") != 0) {
        snprintf(text, size, "unknown command; known are: check, quit");
        return;
    }
    for (int i = 0; i < chosen_count; i++) {
        wrong[0] = '\0';
        if (chosen[i]->check() != 0) {
            snprintf(text, size, "mismatch: %s: %s", chosen[i]->name, wrong);
            return;
        }
        if (wrong[0] != '\0')
            snprintf(more + strlen(more), sizeof more - strlen(more), " %.400s", wrong);
    }
    snprintf(text, size, "ok kinds=%d%s", chosen_count, more);
}

static int usage(FILE *to)
{
    fprintf(to, "usage: belongings [--listen ADDRESS:PORT] --with KIND [--with KIND...] [--directory DIRECTORY] [--mib N] [--peer PEER] [--root DIRECTORY --volume DIRECTORY]\n");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fprintf(to, "  %-12s %s\n", kinds[i].name, kinds[i].summary);
    fprintf(to, "Commands, one a line: 'check' answers 'ok ...' or 'mismatch: WHAT'; 'quit' ends it.\n"
                "With --hub PATH it prints each datagram that comes there, and nothing else.\n");
    return to == stdout ? 0 : 2;
}

static int hub(const char *path)
{
    struct sockaddr_un address = address_of(path);
    char text[256];
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(path);
    puts("ready");
    for (;;) {
        fflush(stdout);
        ssize_t got = recv(fd, text, sizeof text - 1, 0);
        if (got < 0)
            return 1;
        printf("%.*s\n", (int)got, text);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' }, { "with", required_argument, NULL, 'w' },   { "directory", required_argument, NULL, 'd' },
        { "mib", required_argument, NULL, 'm' },    { "peer", required_argument, NULL, 'p' },   { "root", required_argument, NULL, 'r' },
        { "volume", required_argument, NULL, 'v' }, { "hub", required_argument, NULL, 'u' },    { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    static struct commands commands;
    const char *endpoint = "127.0.0.1:7820";
    arguments = argv;
    int option;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'l': endpoint = optarg; break;
        case 'd': directory = optarg; break;
        case 'm': mebibytes = number("mib", optarg, 1, 4096); break;
        case 'p': peer = optarg; break;
        case 'r': root = optarg; break;
        case 'v': volume = optarg; break;
        case 'u': return hub(optarg);
        case 'h': return usage(stdout);
        case 'w':
            for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strcmp(optarg, kinds[i].name) == 0 && chosen_count < KINDS)
                    chosen[chosen_count++] = &kinds[i];
            break;
        default: return usage(stderr);
        }
    }
    if (chosen_count == 0)
        return usage(stderr);
    commands_listen(&commands, endpoint, answer);
    for (int i = 0; i < chosen_count; i++)
        chosen[i]->make();
    if (getenv("CONTAINED") == NULL)
        puts("ready");
    fflush(stdout);
    for (;;)
        commands_serve(&commands, 1000);
}
