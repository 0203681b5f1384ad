/*
 * Two processes that write shared memory in every way that a look at page tables could miss: by children that end at once, through mappings that exist for a moment only, before they
 * give up the page or the mapping, before another program takes their place. It knows nothing of what its pages should hold: anyone who copies them compares with the memory itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, WORD = 32 };

struct channel {
    volatile uint64_t asked, done;
    char what[WORD];
    size_t page;
};

static struct channel *channel;
static char *memory, *elsewhere;
static size_t pages, bytes;
static int gone[2], sockets[2], file = -1;
static uint64_t state;

static const char usage[] =
    "usage: sharewriter MEBIBYTES anonymous|mapped|open|sent\n"
    "       sharewriter --map PATH BYTES PAGE | --write PATH PAGE | --hold PATH\n"
    "Shares memory between two processes: anonymous, or a memory file that is only mapped, or also open, or whose descriptor waits in a socket. Each line of input says who does what with which page, and is answered by 'done':\n"
    "  main|helper write|read|fork|forks|duplicate|remove|discard|pageout|move|protect|unmap|exec|exit|closed|call|receive PAGE; main crowd COUNT\n"
    "  chaos SEED      both do everything at random, and are not to be asked any more\n"
    "With --map it maps a file, reads and writes a page through that and ends; with --write it writes a page by call; with --hold it has it open until its input ends.\n";

static void die(const char *call)
{
    fprintf(stderr, "sharewriter: %s: %s\n", call, strerror(errno));
    exit(1);
}

static uint64_t random_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void fill(char *page)
{
    for (size_t i = 0; i < PAGE / sizeof(uint64_t); i++)
        ((volatile uint64_t *)page)[i] = random_number();
}

/* Reads first: the entry that this makes may be writable already, and then the write causes no fault. */
static void read_and_fill(char *page)
{
    (void)*(volatile char *)page;
    fill(page);
}

static void fork_writer(size_t page, int linger)
{
    pid_t child = fork();
    if (child == 0) {
        read_and_fill(memory + page * PAGE);
        if (linger)
            usleep(1000 + random_number() % 8000);
        _exit(0);
    }
    /* When both are stopped a child that is alive continues to its end. */
    while (child > 0 && !linger && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    random_number();
}

static void duplicate(size_t page)
{
    char *second = mremap(memory, 0, bytes, MREMAP_MAYMOVE);
    if (second == MAP_FAILED)
        die("mremap");
    read_and_fill(second + page * PAGE);
    munmap(second, bytes);
}

static void move(size_t page)
{
    if (mremap(memory, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) != elsewhere)
        die("mremap away");
    fill(elsewhere + page * PAGE);
    if (mremap(elsewhere, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, memory) != memory)
        die("mremap back");
}

static void protect(size_t page)
{
    if (mprotect(memory + page * PAGE, PAGE, PROT_READ) != 0 || mprotect(memory + page * PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
        die("mprotect");
    fill(memory + page * PAGE);
}

static void discard(size_t page, int advice)
{
    fill(memory + page * PAGE);
    madvise(memory + page * PAGE, PAGE, advice);
}

static void take_out(size_t page)
{
    if (madvise(memory + page * PAGE, PAGE, MADV_REMOVE) != 0)
        die("madvise");
    (void)*(volatile char *)(memory + page * PAGE);
}

static int write_by_call(int descriptor, size_t page)
{
    char content[PAGE];
    memset(content, 'W', sizeof content);
    return pwrite(descriptor, content, PAGE, (off_t)(page * PAGE)) == PAGE ? 0 : 1;
}

/* One byte, and the file with it. */
static struct msghdr *message(void)
{
    static char byte, control[CMSG_SPACE(sizeof(int))];
    static struct iovec data = { &byte, 1 };
    static struct msghdr whole;
    whole = (struct msghdr){ .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    return &whole;
}

static void send_file(void)
{
    struct msghdr *whole = message();
    struct cmsghdr *header = CMSG_FIRSTHDR(whole);
    *header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
    memcpy(CMSG_DATA(header), &file, sizeof file);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0 || sendmsg(sockets[0], whole, 0) != 1)
        die("sendmsg");
}

static void receive_file(size_t page)
{
    struct msghdr *whole = message();
    if (recvmsg(sockets[1], whole, 0) != 1)
        die("recvmsg");
    memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(whole)), sizeof file);
    if (write_by_call(file, page) != 0)
        die("pwrite");
    close(file);
}

static void make_crowd(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                pause();
        }
}

/* No descriptor can be opened any more. */
static void use_up_descriptors(void)
{
    struct rlimit limit = { 3, 3 };
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("setrlimit");
}

static void perform(const char *what, size_t page)
{
    if (strcmp(what, "write") == 0)
        fill(memory + page * PAGE);
    else if (strcmp(what, "read") == 0)
        (void)*(volatile char *)(memory + page * PAGE);
    else if (strcmp(what, "fork") == 0)
        fork_writer(page, 0);
    else if (strcmp(what, "forks") == 0)
        for (int i = 0; i < 400; i++)
            fork_writer(page, 0);
    else if (strcmp(what, "duplicate") == 0)
        duplicate(page);
    else if (strcmp(what, "remove") == 0)
        take_out(page);
    else if (strcmp(what, "discard") == 0)
        discard(page, MADV_DONTNEED);
    else if (strcmp(what, "pageout") == 0)
        discard(page, MADV_PAGEOUT);
    else if (strcmp(what, "move") == 0)
        move(page);
    else if (strcmp(what, "protect") == 0)
        protect(page);
    else if (strcmp(what, "crowd") == 0)
        make_crowd(page);
    else if (strcmp(what, "closed") == 0)
        use_up_descriptors();
    else if (strcmp(what, "call") == 0)
        write_by_call(file, page);
    else if (strcmp(what, "receive") == 0)
        receive_file(page);
    else if (strcmp(what, "unmap") == 0) {
        fill(memory + page * PAGE);
        munmap(memory, bytes);
    } else if (strcmp(what, "exec") == 0) {
        fill(memory + page * PAGE);
        execl("/bin/sleep", "sleep", "1000", (char *)NULL);
        die("exec");
    } else if (strcmp(what, "exit") == 0) {
        fill(memory + page * PAGE);
        _exit(0);
    } else
        fprintf(stderr, "sharewriter: %s?\n", what);
}

static void chaos(void)
{
    static const char *const rare[] = { "fork", "duplicate", "move", "protect" };
    static const char *const common[] = { "remove", "discard", "pageout", "read" };
    for (;;) {
        uint64_t number = random_number();
        size_t page = random_number() % pages;
        if (number % 100003 == 0)
            perform(rare[number / 100003 % 4], page);
        else if (number % 200003 == 1)
            fork_writer(page, 1);
        else if (number % 8 == 0)
            perform(common[number / 8 % 4], page);
        else
            perform("write", page % (pages / 4 + 1));
        if (number % 1024 == 2)
            usleep(random_number() % 2000);
    }
}

static void live_as_helper(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    state ^= 99;
    signal(SIGCHLD, SIG_DFL);
    for (;;) {
        if (channel->asked != channel->done) {
            if (strcmp(channel->what, "chaos") == 0) {
                state += channel->page;
                channel->done = channel->asked;
                signal(SIGCHLD, SIG_IGN);
                chaos();
            }
            perform(channel->what, channel->page);
            channel->done = channel->asked;
        }
        usleep(100);
    }
}

static void ask_helper(const char *what, size_t page)
{
    snprintf(channel->what, WORD, "%s", what);
    channel->page = page;
    channel->asked++;
    /* The last one who has the other end closes it when it executes another program or ends, behind giving up its memory. */
    if (strcmp(what, "exec") == 0 || strcmp(what, "exit") == 0) {
        if (read(gone[0], &page, 1) != 0)
            die("read");
        return;
    }
    while (channel->asked != channel->done)
        usleep(100);
}

static int write_from_outside(int argc, char **argv)
{
    state = 17;
    size_t page = strtoul(argv[argc - 1], NULL, 10);
    int fd = open(argv[2], O_RDWR);
    if (fd < 0)
        die(argv[2]);
    if (argc == 5) {
        char *mapped = mmap(NULL, strtoul(argv[3], NULL, 10), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapped == MAP_FAILED)
            die("mmap");
        read_and_fill(mapped + page * PAGE);
        return 0;
    }
    if (argc == 3) {
        puts("open");
        fflush(stdout);
        return getchar() == EOF ? 0 : 1;
    }
    return write_by_call(fd, page);
}

static void make_memory(const char *kind)
{
    int anonymous = strcmp(kind, "anonymous") == 0;
    if (!anonymous) {
        file = memfd_create("shared", MFD_CLOEXEC);
        if (file < 0 || ftruncate(file, (off_t)bytes) != 0)
            die("memfd_create");
    }
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | (anonymous ? MAP_ANONYMOUS : 0), file, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    if (strcmp(kind, "sent") == 0)
        send_file();
    if (!anonymous && strcmp(kind, "open") != 0)
        close(file);
}

int main(int argc, char **argv)
{
    if ((argc == 5 && strcmp(argv[1], "--map") == 0) || (argc == 4 && strcmp(argv[1], "--write") == 0) || (argc == 3 && strcmp(argv[1], "--hold") == 0))
        return write_from_outside(argc, argv);
    if (argc != 3) {
        fputs(usage, stderr);
        return 2;
    }
    state = 7;
    bytes = strtoul(argv[1], NULL, 10) << 20;
    pages = bytes / PAGE;
    make_memory(argv[2]);
    elsewhere = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    channel = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (elsewhere == MAP_FAILED || channel == MAP_FAILED)
        die("mmap");
    /* A quarter stays a hole. */
    for (size_t page = 0; page < pages; page++)
        if (page % 4 != 3)
            fill(memory + page * PAGE);
    if (pipe2(gone, O_CLOEXEC) != 0)
        die("pipe2");
    pid_t helper = fork();
    if (helper == 0)
        live_as_helper();
    close(gone[1]);
    printf("ready %d\n", (int)helper);
    fflush(stdout);
    char who[WORD], what[WORD];
    unsigned long page;
    while (scanf("%31s", who) == 1) {
        if (strcmp(who, "chaos") == 0) {
            if (scanf("%lu", &page) != 1)
                break;
            ask_helper("chaos", page);
            signal(SIGCHLD, SIG_IGN);
            puts("done");
            fflush(stdout);
            state += page;
            chaos();
        }
        if (scanf("%31s %lu", what, &page) != 2)
            break;
        if (strcmp(who, "helper") == 0)
            ask_helper(what, page % pages);
        else
            perform(what, page % pages);
        puts("done");
        fflush(stdout);
    }
    return 0;
}
