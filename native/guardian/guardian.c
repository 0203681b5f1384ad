// The guardian: a process without a library, a shell or anything on PATH, which undoes something when the process at the other end of its input is gone, however it ended.
//
// It reads from its input: a length, a name for lists of processes, two programs (what to do if nothing was settled, what to do if it was), then words of one byte each until the input ends.
// The last word counts: 'S' for settled, any other one, or none, for not. Started with an argument it has all that, without the words, from a socket at descriptor 3, and what follows there are
// descriptors that live for as long as they wait in the socket (hold, below). All numbers have 32 bits and are little-endian; a text is its length with the zero behind it, then itself.
//
// eng/guardian.sh compiles it into src/U2CMigration.Core/Guardians; U2CMigration.Core runs that from memory.

typedef unsigned char u8;
typedef unsigned int u32;
typedef long word;
typedef unsigned long size;

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, CLOSE = 3, MMAP = 9, SIGPROCMASK = 14, NANOSLEEP = 35, SOCKET = 41, SENDTO = 44, RECVFROM = 45, SETSOCKOPT = 54, GETSOCKOPT = 55, CLONE = 56, EXECVE = 59, KILL = 62,
    EXIT = 231, WAIT4 = 61, FLOCK = 73, SETSID = 112, PRCTL = 157, GETDENTS = 217, OPENAT = 257, UNLINKAT = 263, RENAMEAT = 264, READLINKAT = 267, CHDIR = 80, PIDFD_OPEN = 434, PIDFD_GETFD = 438, RECVMSG = 47, IOCTL = 16 };
enum { O_DIRECTORY = 0x10000 };

static word call(word number, word a, word b, word c, word d, word e, word f)
{
    word result;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    register word r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n hlt\n");
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, CLOSE = 57, MMAP = 222, SIGPROCMASK = 135, NANOSLEEP = 101, SOCKET = 198, SENDTO = 206, RECVFROM = 207, SETSOCKOPT = 208, GETSOCKOPT = 209, CLONE = 220, EXECVE = 221, KILL = 129,
    EXIT = 94, WAIT4 = 260, FLOCK = 32, SETSID = 157, PRCTL = 167, GETDENTS = 61, OPENAT = 56, UNLINKAT = 35, RENAMEAT = 38, READLINKAT = 78, CHDIR = 49, PIDFD_OPEN = 434, PIDFD_GETFD = 438, RECVMSG = 212, IOCTL = 29 };
enum { O_DIRECTORY = 0x4000 };

static word call(word number, word a, word b, word c, word d, word e, word f)
{
    register word x8 __asm__("x8") = number;
    register word x0 __asm__("x0") = a;
    register word x1 __asm__("x1") = b;
    register word x2 __asm__("x2") = c;
    register word x3 __asm__("x3") = d;
    register word x4 __asm__("x4") = e;
    register word x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

__asm__(".globl _start\n_start:\n mov x29, #0\n mov x0, sp\n bl begin\n brk #0\n");
#else
#error "No system calls are known for this processor."
#endif

#define CALL(number, a, b, c) call(number, (word)(a), (word)(b), (word)(c), 0, 0, 0)
#define HERE (-100)

enum { O_WRONLY = 1, O_RDWR = 2, O_TRUNC = 0x200, O_CLOEXEC = 0x80000, LOCK_EX = 2, LOCK_NB = 4, REMOVE_DIRECTORY = 0x200, INTERRUPTED = -4 };
enum { SECTIONS = 2, PATH = 4096, CHUNK = 65536, MOST_PROCESSES = 16384, ANSWERS = 100, CHANNEL = 3, LOOK_EVERY = 200 };

/// Names the source that this was compiled from, for a test.
__attribute__((used, section(".rodata.source"))) static const char Source[] = "guardian.c " SOURCE_HASH;

static u8 chunk[CHUNK];
static char text[PATH];
static int processes[MOST_PROCESSES];
static u32 process_count;
static int input;
static char **environment;

// The compiler calls these by itself.
void *memset(void *to, int value, size count)
{
    for (size i = 0; i < count; i++) ((volatile u8 *)to)[i] = (u8)value;
    return to;
}

void *memcpy(void *to, const void *from, size count)
{
    for (size i = 0; i < count; i++) ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
    return to;
}

static size length_of(const char *s)
{
    size n = 0;
    while (s[n]) n++;
    return n;
}

static int starts(const char *s, const char *with)
{
    while (*with)
        if (*s++ != *with++) return 0;
    return 1;
}

static int open_file(const char *path, int flags) { return (int)CALL(OPENAT, HERE, path, flags | O_CLOEXEC); }

static void close_file(int file) { CALL(CLOSE, file, 0, 0); }

static void pause_ms(u32 ms)
{
    word time[2] = {ms / 1000, (word)(ms % 1000) * 1000000};
    while (CALL(NANOSLEEP, time, time, 0) == INTERRUPTED) { }
}

/// Appends to text at a place; returns the new end. What is too long is cut off, and no such file exists then.
static u32 append(u32 at, const char *s)
{
    while (*s && at < PATH - 1) text[at++] = *s++;
    text[at] = 0;
    return at;
}

static u32 append_number(u32 at, u32 n)
{
    char digits[12];
    u32 i = sizeof digits - 1;
    digits[i] = 0;
    do digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    return append(at, digits + i);
}

/// Reads a whole file of /proc or /sys, as far as the chunk reaches.
static word read_file(const char *path)
{
    int file = open_file(path, 0);
    if (file < 0) return file;
    word all = 0, n;
    while (all < CHUNK - 1 && ((n = CALL(READ, file, chunk + all, CHUNK - 1 - all)) > 0 || n == INTERRUPTED)) all += n > 0 ? n : 0;
    close_file(file);
    chunk[all] = 0;
    return all;
}

static void write_file(const char *path, const void *data, size count)
{
    int file = open_file(path, O_WRONLY | O_TRUNC);
    if (file < 0) return;
    while (CALL(WRITE, file, data, count) == INTERRUPTED) { }
    close_file(file);
}

static void add_process(int id)
{
    for (u32 i = 0; i < process_count; i++)
        if (processes[i] == id) return;
    if (id > 0 && process_count < MOST_PROCESSES) processes[process_count++] = id;
}

/// Adds the numbers that a file lists.
static void add_listed(const char *path)
{
    word count = read_file(path);
    int n = 0;
    for (word i = 0; i <= count; i++) {
        if (i < count && chunk[i] >= '0' && chunk[i] <= '9') n = n * 10 + (chunk[i] - '0');
        else if (n) {
            add_process(n);
            n = 0;
        }
    }
}

struct entry {
    unsigned long inode;
    long offset;
    unsigned short length;
    u8 type;
    char name[];
};

/// Calls for every name in a directory; not from within itself.
static void each_name(const char *directory, void (*visit)(const char *name, void *context), void *context)
{
    // Not the chunk, which what is called needs.
    static u8 names[8192];
    int file = open_file(directory, O_DIRECTORY);
    if (file < 0) return;
    word n;
    while ((n = CALL(GETDENTS, file, names, sizeof names)) > 0)
        for (word at = 0; at < n; at += ((struct entry *)(names + at))->length) visit(((struct entry *)(names + at))->name, context);
    close_file(file);
}

static u32 number_of(const char *name)
{
    u32 n = 0;
    for (; *name; name++) {
        if (*name < '0' || *name > '9') return ~0u;
        n = n * 10 + (u32)(*name - '0');
    }
    return n;
}

static void add_children(const char *thread, void *context)
{
    if (number_of(thread) == ~0u) return;
    u32 at = append(0, "/proc/");
    at = append(append_number(at, (u32)*(int *)context), "/task/");
    append(append(at, thread), "/children");
    add_listed(text);
}

struct sockets {
    int process;
    u32 id;
};

/// Ends the mode in which CRIU reads a connection: a socket in it sends nothing.
static void end_repair(const char *name, void *context)
{
    struct sockets *of = context;
    u32 number = number_of(name);
    if (number == ~0u) return;
    u32 at = append_number(append(0, "/proc/"), of->id);
    append_number(append(at, "/fd/"), number);
    word n = call(READLINKAT, HERE, (word)text, (word)chunk, 64, 0, 0);
    if (n < 7 || !starts((char *)chunk, "socket:")) return;
    int copy = (int)CALL(PIDFD_GETFD, of->process, number, 0);
    if (copy < 0) return;
    int mode = 0;
    u32 length = sizeof mode;
    if (call(GETSOCKOPT, copy, 6, 19, (word)&mode, (word)&length, 0) == 0 && mode != 0) {
        mode = 0;
        call(SETSOCKOPT, copy, 6, 19, (word)&mode, sizeof mode, 0);
    }
    close_file(copy);
}

static void end_repair_in_tree(int root, const char *group)
{
    process_count = 0;
    add_process(root);
    if (*group) add_listed(group);
    for (u32 i = 0; i < process_count; i++) {
        u32 at = append_number(append(0, "/proc/"), (u32)processes[i]);
        char path[32];
        append(at, "/task");
        memcpy(path, text, sizeof path);
        each_name(path, add_children, &processes[i]);
    }
    for (u32 i = 0; i < process_count; i++) {
        struct sockets of = {(int)CALL(PIDFD_OPEN, processes[i], 0, 0), (u32)processes[i]};
        if (of.process < 0) continue;
        u32 at = append_number(append(0, "/proc/"), of.id);
        char path[32];
        append(at, "/fd");
        memcpy(path, text, sizeof path);
        each_name(path, end_repair, &of);
        close_file(of.process);
    }
}

static void send_netlink(int protocol, const void *message, size count)
{
    int socket = (int)CALL(SOCKET, 16, 3 | O_CLOEXEC, protocol);
    if (socket < 0) return;
    // Done by the kernel before it returns.
    call(SENDTO, socket, (word)message, (word)count, 0, 0, 0);
    close_file(socket);
}

static void run(char **arguments)
{
    word child = call(CLONE, 17, 0, 0, 0, 0, 0);
    if (child == 0) {
        unsigned long none = 0;
        call(SIGPROCMASK, 2, (word)&none, 0, 8, 0, 0);
        CALL(EXECVE, arguments[0], arguments, environment);
        CALL(EXIT, 127, 0, 0);
    }
    while (child > 0 && call(WAIT4, child, 0, 0, 0, 0, 0) == INTERRUPTED) { }
}

static void move_processes(const char *from, const char *to)
{
    // Until none is left: what is forked in the meantime begins where its parent is.
    for (int pass = 0; pass < 20; pass++) {
        process_count = 0;
        add_listed(from);
        if (!process_count) return;
        for (u32 i = 0; i < process_count; i++) {
            u32 end = append_number(0, (u32)processes[i]);
            char number[16];
            memcpy(number, text, sizeof number);
            write_file(to, number, end);
        }
    }
}

static u32 take_number(const u8 **at)
{
    u32 n = (*at)[0] | (u32)(*at)[1] << 8 | (u32)(*at)[2] << 16 | (u32)(*at)[3] << 24;
    *at += 4;
    return n;
}

static const char *take_text(const u8 **at)
{
    u32 length = take_number(at);
    const char *s = (const char *)*at;
    *at += length;
    return s;
}

/// Kills what is in groups; whether there was anything.
static int end_groups(const u8 *at, u32 count)
{
    int found = 0;
    for (u32 group = 0; group < count; group++) {
        const char *path = take_text(&at);
        process_count = 0;
        append(append(0, path), "/cgroup.procs");
        add_listed(text);
        for (u32 i = 0; i < process_count; i++) CALL(KILL, processes[i], 9, 0);
        found |= process_count != 0;
        // A frozen group of version 1 does not end before it is thawed.
        append(append(0, path), "/freezer.state");
        write_file(text, "THAWED", 6);
    }
    return found;
}

struct search {
    const char *directory, *prefix;
    int living;
};

/// A borrower whose file is locked lives; any other is gone.
static void look_at_borrower(const char *name, void *context)
{
    struct search *search = context;
    if (!starts(name, search->prefix)) return;
    append(append(append(0, search->directory), "/"), name);
    int file = open_file(text, O_RDWR);
    if (file < 0) return;
    if (CALL(FLOCK, file, LOCK_EX | LOCK_NB, 0) != 0) search->living = 1;
    else CALL(UNLINKAT, HERE, text, 0);
    close_file(file);
}

/// Puts a setting back unless others still need it, see BorrowedSettings.
static void give_back(const char *lock, const char *before, const char *directory, const char *prefix, const char *setting, const char *value)
{
    int alone = open_file(lock, O_RDWR);
    if (alone < 0) return;
    while (CALL(FLOCK, alone, LOCK_EX, 0) == INTERRUPTED) { }
    struct search search = {directory, prefix, 0};
    each_name(directory, look_at_borrower, &search);
    if (!search.living && read_file(setting) > 0 && starts((char *)chunk, value) && chunk[length_of(value)] <= '\n') {
        word n = read_file(before);
        if (n > 0) write_file(setting, chunk, (size)n);
    }
    if (!search.living) CALL(UNLINKAT, HERE, before, 0);
    close_file(alone);
}

static void execute(const u8 *at, const u8 *end)
{
    while (at < end) {
        switch (*at++) {
        case 'W': {
            const char *path = take_text(&at), *what = take_text(&at);
            write_file(path, what, length_of(what));
            break;
        }
        case 'N': {
            u32 protocol = take_number(&at), count = take_number(&at);
            send_netlink((int)protocol, at, count);
            at += count;
            break;
        }
        case 'S': pause_ms(take_number(&at)); break;
        case 'L': {
            u32 times = take_number(&at), count = take_number(&at);
            for (u32 i = 0; i < times; i++) execute(at, at + count);
            at += count;
            break;
        }
        case 'M': {
            const char *from = take_text(&at), *to = take_text(&at);
            call(RENAMEAT, HERE, (word)from, HERE, (word)to, 0, 0);
            break;
        }
        case 'U': CALL(UNLINKAT, HERE, take_text(&at), 0); break;
        case 'R': {
            const char *path = take_text(&at);
            for (int attempt = 0; attempt < 10 && CALL(UNLINKAT, HERE, path, REMOVE_DIRECTORY) != 0; attempt++) pause_ms(50);
            break;
        }
        case 'G': {
            const char *from = take_text(&at), *to = take_text(&at);
            move_processes(from, to);
            break;
        }
        case 'P': {
            u32 root = take_number(&at);
            end_repair_in_tree((int)root, take_text(&at));
            break;
        }
        case 'B': {
            const char *a[6];
            for (int i = 0; i < 6; i++) a[i] = take_text(&at);
            give_back(a[0], a[1], a[2], a[3], a[4], a[5]);
            break;
        }
        case 'K': {
            u32 count = take_number(&at);
            const u8 *groups = at;
            for (int turn = 0; turn < 200 && end_groups(groups, count); turn++) pause_ms(20);
            for (u32 i = 0; i < count; i++) take_text(&at);
            break;
        }
        case 'X': {
            static char *arguments[256];
            u32 count = take_number(&at);
            for (u32 i = 0; i < count; i++) {
                char *s = (char *)take_text(&at);
                if (i < 255) arguments[i] = s;
            }
            arguments[count < 255 ? count : 255] = 0;
            run(arguments);
            break;
        }
        default: return;
        }
    }
}

static int read_whole(void *to, size count)
{
    size all = 0;
    while (all < count) {
        word n = CALL(READ, input, (u8 *)to + all, count - all);
        if (n == INTERRUPTED) continue;
        if (n <= 0) return 0;
        all += (size)n;
    }
    return 1;
}

struct message {
    void *name;
    size name_length;
    struct {
        void *base;
        size length;
    } *vectors;
    size vector_count;
    void *control;
    size control_length;
    size flags;
};

enum { PEEK = 2, DO_NOT_WAIT = 0x40, CLOSE_ON_EXEC = 0x40000000, PEEK_OFFSET = 42, NO_PROCESS = -3, NO_SUCH_CALL = -25, NOTHING_THERE = -11, ALL_HAVE_COME = 5 };

/// Whether a descriptor is a userfaultfd of memory that still exists. Tried by a copy of what is not mapped here, so that nothing is copied.
static int serves_memory(int file)
{
    struct {
        unsigned long to, from, length, mode;
        long copied;
    } copy = {0x10000, 0x20000, 0x10000, 0, 0};
    word result = CALL(IOCTL, file, 0xC028AA03ul, &copy);
    return result != NO_PROCESS && result != NO_SUCH_CALL;
}

/// Looks at the descriptors that wait in the channel and leaves them there; whether the other end is open, whether memory depends on one, and whether all had come that were to come.
static int look_at_held(int *living, int *complete)
{
    int from_first = 0;
    *living = *complete = 0;
    call(SETSOCKOPT, input, 1, PEEK_OFFSET, (word)&from_first, sizeof from_first, 0);
    for (;;) {
        u8 label[32];
        size control[16];
        struct message message = {0, 0, (void *)(size[]){(size)label, sizeof label}, 1, control, sizeof control, 0};
        word n = CALL(RECVMSG, input, &message, PEEK | DO_NOT_WAIT | CLOSE_ON_EXEC);
        if (n == INTERRUPTED) continue;
        if (n == 0) return 0;
        if (n < 0) {
            *living |= n != NOTHING_THERE;
            return 1;
        }
        *complete |= label[0] == ALL_HAVE_COME;
        if (message.control_length < 16) continue;
        int *files = (int *)(control + 2);
        for (size i = 0; i < (control[0] - 16) / sizeof(int); i++) {
            *living |= serves_memory(files[i]);
            close_file(files[i]);
        }
    }
}

/// Keeps descriptors alive by being there. When the other end is gone: does the first section and ends, where there is one and memory depends on a descriptor; does the second and ends when none does.
/// One that was not given all is not the one that counts, and ends.
static void hold(const u8 *at)
{
    u32 length = take_number(&at);
    const u8 *undo = at, *settled = at + length;
    u32 settled_length = take_number(&settled);
    for (;;) {
        pause_ms(LOOK_EVERY);
        int living, complete;
        if (look_at_held(&living, &complete)) continue;
        if (!complete) return;
        if (living && !length) continue;
        if (living) execute(undo, undo + length);
        else execute(settled, settled + settled_length);
        return;
    }
}

__attribute__((used, noreturn)) void begin(word *stack)
{
    environment = (char **)(stack + stack[0] + 2);
    unsigned long every = ~0ul;
    call(SIGPROCMASK, 0, (word)&every, 0, 8, 0, 0);
    CALL(SETSID, 0, 0, 0);
    CALL(CHDIR, "/", 0, 0);
    close_file(1);
    close_file(2);
    // With an argument it is one that holds descriptors, and has its script and them from a socket.
    if (stack[0] > 1) input = CHANNEL;
    u8 head[4];
    const u8 *at = head;
    if (read_whole(head, 4)) {
        u32 count = take_number(&at);
        u8 *script = (u8 *)call(MMAP, 0, count + 1, 3, 0x22, -1, 0);
        if ((word)script > 0 && read_whole(script, count)) {
            at = script;
            CALL(PRCTL, 15, take_text(&at), 0);
            if (input == CHANNEL) {
                hold(at);
                CALL(EXIT, 0, 0, 0);
            }
            u8 last = 0;
            word n;
            while ((n = CALL(READ, 0, chunk, CHUNK)) > 0 || n == INTERRUPTED)
                if (n > 0) last = chunk[n - 1];
            for (int section = 0; section < SECTIONS; section++) {
                u32 length = take_number(&at);
                if (section == (last == 'S')) execute(at, at + length);
                at += length;
            }
        }
    }
    CALL(EXIT, 0, 0, 0);
    __builtin_unreachable();
}
