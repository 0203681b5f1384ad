/*
 * Runs commands inside an emulated machine of `eng/vm.sh`, as if they were programs of this one.
 *
 *   vmexec HOSTDIR CMD [ARG]...   runs CMD; exit code, signals, input and both outputs are passed through
 *   vmexec --wait SECONDS HOSTDIR waits until the machine answers
 *   vmexec --clock HOSTDIR        prints MONOTONIC REALTIME ERROR: the machine's CLOCK_MONOTONIC less that of here, its
 *                                 CLOCK_REALTIME less its CLOCK_MONOTONIC, and by how much the first can be wrong, ns
 *   vmexec --serve                the other end, inside
 *
 * HOSTDIR/address holds "ADDRESS HUBPID HUBINODE": where the machine listens, and the process whose network namespace it can be
 * reached from, with the inode of that namespace. One connection per command. A request is its length (u32) and the words, each
 * ended by a zero byte; then frames of type (u8), length (u32), data go both ways. A command whose connection ends is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_MACHINE = 125, EXIT_NOT_RUNNABLE = 126, EXIT_NOT_FOUND = 127 };
enum { PORT = 99, BACKLOG = 64, MOST_REQUEST = 1 << 20, CHUNK = 32768, CLOCK_TRIES = 40, HEAD = 5, LINGER_MS = 2000 };
enum frame { FRAME_INPUT = 0, FRAME_OUTPUT = 1, FRAME_ERROR = 2, FRAME_EXIT = 3, FRAME_SIGNAL = 4 };

static void fail(const char *format, ...)
{
    va_list arguments;
    int error = errno;
    va_start(arguments, format);
    fputs("vm exec: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    if (error != 0)
        fprintf(stderr, ": %s", strerror(error));
    fputc('\n', stderr);
    exit(EXIT_MACHINE);
}

static int write_all(int fd, const void *data, size_t length)
{
    for (const char *p = data; length > 0;) {
        ssize_t written = write(fd, p, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN) {
            struct pollfd ready = { .fd = fd, .events = POLLOUT };
            poll(&ready, 1, -1);
            continue;
        }
        if (written <= 0)
            return -1;
        p += written;
        length -= (size_t)written;
    }
    return 0;
}

static int read_all(int fd, void *data, size_t length)
{
    for (char *p = data; length > 0;) {
        ssize_t got = read(fd, p, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        p += got;
        length -= (size_t)got;
    }
    return 0;
}

static int send_frame(int fd, enum frame type, const void *data, uint32_t length)
{
    char frame[HEAD + CHUNK];
    frame[0] = (char)type;
    memcpy(frame + 1, &length, sizeof length);
    memcpy(frame + HEAD, data, length);
    return write_all(fd, frame, HEAD + length);
}

/* Returns the length, -1 at the end of the connection. */
static int receive_frame(int fd, enum frame *type, char *data)
{
    unsigned char head[HEAD];
    uint32_t length;
    if (read_all(fd, head, sizeof head) != 0)
        return -1;
    *type = head[0];
    memcpy(&length, head + 1, sizeof length);
    if (length > CHUNK || read_all(fd, data, length) != 0)
        return -1;
    return (int)length;
}

static int64_t now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void no_delay(int fd)
{
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/* ---- the end inside the machine ---- */

static void run_command(char *request, uint32_t length, int *input, int *output, int *error, const sigset_t *mask)
{
    int words = 0;
    for (uint32_t i = 0; i < length; i++)
        words += request[i] == '\0';
    char **command = calloc((size_t)words + 1, sizeof *command);
    for (int i = 0; i < words; i++, request += strlen(request) + 1)
        command[i] = request;
    setsid();
    dup2(input[0], 0);
    dup2(output[1], 1);
    dup2(error[1], 2);
    close_range(3, ~0U, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    fprintf(stderr, "vm exec: %s: %s\n", command[0], strerror(errno));
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE);
}

/* Passes on what is there; returns 0 when the pipe has ended. */
static int pass_output(int connection, int pipe, enum frame type)
{
    char data[CHUNK];
    ssize_t got = read(pipe, data, sizeof data);
    if (got <= 0)
        return got < 0 && errno == EAGAIN;
    return send_frame(connection, type, data, (uint32_t)got) == 0;
}

static void serve_command(int connection, char *request, uint32_t length)
{
    int input[2], output[2], error[2];
    sigset_t children, before;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, &before);
    if (pipe(input) != 0 || pipe(output) != 0 || pipe(error) != 0)
        _exit(1);
    pid_t child = fork();
    if (child == 0)
        run_command(request, length, input, output, error, &before);
    close(input[0]);
    close(output[1]);
    close(error[1]);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    fcntl(error[0], F_SETFL, O_NONBLOCK);
    struct pollfd events[] = {
        { .fd = connection, .events = POLLIN },
        { .fd = signalfd(-1, &children, SFD_CLOEXEC), .events = POLLIN },
        { .fd = output[0], .events = POLLIN },
        { .fd = error[0], .events = POLLIN },
    };
    int code = -1;
    int64_t until = 0;
    for (;;) {
        char data[CHUNK];
        enum frame type;
        int status;
        int ended = code >= 0;
        /* What the command has left behind in the background may still say something, but may hold the pipes for ever, too. */
        if (ended && ((events[2].fd < 0 && events[3].fd < 0) || now(CLOCK_MONOTONIC) >= until)) {
            send_frame(connection, FRAME_EXIT, &code, sizeof code);
            _exit(0);
        }
        poll(events, 4, ended ? LINGER_MS / 10 : -1);
        for (int i = 2; i < 4; i++) {
            if (events[i].revents != 0 && !pass_output(connection, events[i].fd, i == 2 ? FRAME_OUTPUT : FRAME_ERROR))
                events[i].fd = -1;
        }
        if (events[0].revents != 0) {
            int got = receive_frame(connection, &type, data);
            if (got < 0) {
                kill(-child, SIGKILL);
                kill(child, SIGKILL);
                _exit(1);
            }
            if (type == FRAME_SIGNAL && got == 1)
                kill(child, data[0]);
            else if (type == FRAME_INPUT && got == 0)
                close(input[1]);
            else if (type == FRAME_INPUT)
                write_all(input[1], data, (size_t)got);
        }
        if (events[1].revents != 0 && waitpid(child, &status, WNOHANG) == child) {
            code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            until = now(CLOCK_MONOTONIC) + LINGER_MS * 1000000LL;
            events[1].fd = -1;
        }
    }
}

static void serve_connection(int connection)
{
    uint32_t length;
    no_delay(connection);
    while (read_all(connection, &length, sizeof length) == 0 && length == 0) {
        int64_t clocks[] = { now(CLOCK_MONOTONIC), now(CLOCK_REALTIME) };
        write_all(connection, clocks, sizeof clocks);
    }
    if (length == 0 || length > MOST_REQUEST)
        _exit(0);
    char *request = malloc(length);
    if (request == NULL || read_all(connection, request, length) != 0 || request[length - 1] != '\0')
        _exit(0);
    serve_command(connection, request, length);
}

static int serve(void)
{
    int yes = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&any, sizeof any) != 0 || listen(listener, BACKLOG) != 0)
        fail("listening");
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        if (connection < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            signal(SIGPIPE, SIG_DFL);
            serve_connection(connection);
            _exit(0);
        }
        close(connection);
    }
}

/* ---- the end outside ---- */

static void enter_hub(const char *hostdir, char *address)
{
    char path[4096];
    long pid;
    unsigned long inode;
    struct stat status;
    snprintf(path, sizeof path, "%s/address", hostdir);
    FILE *file = fopen(path, "re");
    if (file == NULL || fscanf(file, "%63s %ld %lu", address, &pid, &inode) != 3)
        fail("no such host (%s)", path);
    fclose(file);
    snprintf(path, sizeof path, "/proc/%ld/ns/net", pid);
    int hub = open(path, O_RDONLY | O_CLOEXEC);
    errno = 0;
    if (hub < 0 || fstat(hub, &status) != 0 || status.st_ino != inode)
        fail("the rig is gone: process %ld is another one now", pid);
    if (setns(hub, CLONE_NEWNET) != 0)
        fail("entering the network of the rig");
    close(hub);
}

static int try_connect(const char *address)
{
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in machine = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    inet_pton(AF_INET, address, &machine.sin_addr);
    if (connect(connection, (struct sockaddr *)&machine, sizeof machine) != 0) {
        close(connection);
        return -1;
    }
    no_delay(connection);
    return connection;
}

static int ask_clocks(int connection, int64_t *clocks)
{
    uint32_t nothing = 0;
    return write_all(connection, &nothing, sizeof nothing) == 0 && read_all(connection, clocks, 2 * sizeof *clocks) == 0;
}

static int wait_for(const char *address, const char *seconds)
{
    int64_t until = now(CLOCK_MONOTONIC) + atoll(seconds) * 1000000000;
    struct timeval patience = { .tv_sec = 1 };
    struct timespec pause = { .tv_nsec = 50000000 };
    while (now(CLOCK_MONOTONIC) < until) {
        int64_t clocks[2];
        int connection = try_connect(address);
        if (connection >= 0) {
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            if (ask_clocks(connection, clocks))
                return 0;
            close(connection);
        }
        nanosleep(&pause, NULL);
    }
    return 1;
}

/* The exchange that took least tells most: the machine read its clock somewhere within it. */
static int print_clock(int connection)
{
    int64_t least = INT64_MAX, monotonic = 0, realtime = 0;
    for (int i = 0; i < CLOCK_TRIES; i++) {
        int64_t clocks[2];
        int64_t asked = now(CLOCK_MONOTONIC);
        if (!ask_clocks(connection, clocks))
            fail("the machine does not answer");
        int64_t took = now(CLOCK_MONOTONIC) - asked;
        if (took < least) {
            least = took;
            monotonic = clocks[0] - (asked + took / 2);
            realtime = clocks[1] - clocks[0];
        }
    }
    printf("%lld %lld %lld\n", (long long)monotonic, (long long)realtime, (long long)least / 2);
    return 0;
}

static void request_command(int connection, char **words)
{
    uint32_t length = 0;
    for (char **word = words; *word != NULL; word++)
        length += (uint32_t)strlen(*word) + 1;
    errno = 0;
    if (length > MOST_REQUEST)
        fail("the command line is too long");
    write_all(connection, &length, sizeof length);
    for (; *words != NULL; words++) {
        if (write_all(connection, *words, strlen(*words) + 1) != 0)
            fail("the machine does not answer");
    }
}

static int follow(int connection, int signals)
{
    struct pollfd events[] = {
        { .fd = connection, .events = POLLIN },
        { .fd = signals, .events = POLLIN },
        { .fd = 0, .events = POLLIN },
    };
    for (;;) {
        char data[CHUNK];
        poll(events, 3, -1);
        if (events[0].revents != 0) {
            enum frame type;
            int length = receive_frame(connection, &type, data);
            errno = 0;
            if (length < 0)
                fail("the machine has ended");
            if (type == FRAME_EXIT) {
                uint32_t code;
                memcpy(&code, data, sizeof code);
                return (int)code;
            }
            write_all(type == FRAME_OUTPUT ? 1 : 2, data, (size_t)length);
        }
        if (events[1].revents != 0) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) == sizeof info) {
                char number = (char)info.ssi_signo;
                send_frame(connection, FRAME_SIGNAL, &number, 1);
            }
        }
        if (events[2].revents != 0) {
            ssize_t length = read(0, data, sizeof data);
            send_frame(connection, FRAME_INPUT, data, length > 0 ? (uint32_t)length : 0);
            if (length <= 0)
                events[2].fd = -1;
        }
    }
}

int main(int argc, char **argv)
{
    char address[64];
    if (argc == 2 && strcmp(argv[1], "--serve") == 0)
        return serve();
    if (argc == 4 && strcmp(argv[1], "--wait") == 0) {
        enter_hub(argv[3], address);
        return wait_for(address, argv[2]);
    }
    int clock = argc == 3 && strcmp(argv[1], "--clock") == 0;
    if (argc < 3) {
        fputs("usage: vmexec HOSTDIR CMD [ARG]...\n", stderr);
        return EXIT_MACHINE;
    }
    sigset_t passed_on;
    sigemptyset(&passed_on);
    sigaddset(&passed_on, SIGINT);
    sigaddset(&passed_on, SIGTERM);
    sigaddset(&passed_on, SIGHUP);
    sigaddset(&passed_on, SIGQUIT);
    sigprocmask(SIG_BLOCK, &passed_on, NULL);
    signal(SIGPIPE, SIG_IGN);
    enter_hub(argv[clock ? 2 : 1], address);
    int connection = try_connect(address);
    if (connection < 0)
        fail("the machine at %s does not answer", address);
    if (clock)
        return print_clock(connection);
    request_command(connection, argv + 2);
    return follow(connection, signalfd(-1, &passed_on, SFD_CLOEXEC));
}
