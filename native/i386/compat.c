// A 32-bit program, without a C library, as there may be none for such programs. It writes memory in the patterns of memory_writer and understands some of
// its commands: map, write (kind u), novdso, descriptors, quit. With arguments it works by itself instead and says how it fares in a file:
//   compat FILE PAGES
// Its thread-local segment is set, so that a tracker that loses it is found out.
#include <stddef.h>
#include <stdint.h>

enum { PAGE = 4096, SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_CLOSE = 6, SYS_RENAME = 38, SYS_MUNMAP = 91, SYS_NANOSLEEP = 162 };
enum { SYS_MMAP2 = 192, SYS_FCNTL64 = 221, SYS_SET_THREAD_AREA = 243 };

static long call(long number, long a, long b, long c, long d, long e)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return result;
}

static void leave(int code)
{
    for (;;)
        call(SYS_EXIT, code, 0, 0, 0, 0);
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((volatile char *)to)[i] = (char)value;
    return to;
}

// The compiler's library has the division of 64 bits; there may be none.
static uint32_t modulo(uint64_t value, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int bit = 63; bit >= 0; bit--) {
        rest = rest << 1 | (value >> bit & 1);
        if (rest >= divisor)
            rest -= divisor;
    }
    return (uint32_t)rest;
}

// As in memory_writer.
static uint64_t mix(uint64_t seed, uint64_t index)
{
    uint64_t x = seed * 0x9E3779B97F4A7C15ULL + index;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

static int same(const char *text, const char *word)
{
    for (; *word != '\0'; text++, word++)
        if (*text != *word)
            return 0;
    return *text == ' ' || *text == '\n' || *text == '\0';
}

static const char *number(const char *text, unsigned base, uint32_t *value)
{
    while (*text == ' ')
        text++;
    for (*value = 0;; text++) {
        unsigned digit = *text >= 'a' ? (unsigned)(*text - 'a' + 10) : *text >= '0' && *text <= '9' ? (unsigned)(*text - '0') : base;
        if (digit >= base)
            return text;
        *value = *value * base + digit;
    }
}

static char *put(char *to, const char *text)
{
    while (*text != '\0')
        *to++ = *text++;
    return to;
}

static char *put_number(char *to, uint32_t value, unsigned base)
{
    char digits[12];
    int count = 0;
    do
        digits[count++] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

static void say(long fd, const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    call(SYS_WRITE, fd, (long)text, (long)length, 0, 0);
}

static uint32_t map(uint32_t pages)
{
    // Private, anonymous; between two inaccessible pages, so that it is not merged with a neighbour.
    long memory = call(SYS_MMAP2, 0, (long)((pages + 2) * PAGE), 0, 0x22, -1);
    long inner = memory < 0 && memory > -PAGE ? memory : call(SYS_MMAP2, memory + PAGE, (long)(pages * PAGE), 3, 0x32, -1);
    return inner < 0 && inner > -PAGE ? 0 : (uint32_t)inner;
}

static void write_pages(uint32_t address, uint32_t pages, uint32_t seed, uint32_t permille)
{
    for (uint32_t page = 0; page < pages; page++)
        if (modulo(mix(seed, page), 1000) < permille)
            ((volatile char *)address)[page * PAGE + modulo(mix((uint64_t)seed + 1, page), PAGE)]++;
}

static uint32_t count_descriptors(void)
{
    uint32_t count = 0;
    for (long fd = 0; fd < 1024; fd++)
        count += call(SYS_FCNTL64, fd, 1, 0, 0, 0) >= 0;
    return count;
}

static int drop_vdso(void)
{
    static char maps[16384];
    long fd = call(SYS_OPEN, (long)"/proc/self/maps", 0, 0, 0, 0), length = 0, got;
    while ((got = call(SYS_READ, fd, (long)(maps + length), (long)sizeof maps - 1 - length, 0, 0)) > 0)
        length += got;
    call(SYS_CLOSE, fd, 0, 0, 0, 0);
    int result = 0;
    for (const char *line = maps; *line != '\0';) {
        uint32_t start, end;
        const char *next = line;
        int special = 0;
        for (; *next != '\n' && *next != '\0'; next++)
            special |= next[0] == '[' && next[1] == 'v';
        number(number(line, 16, &start) + 1, 16, &end);
        if (special)
            result |= (int)call(SYS_MUNMAP, (long)start, (long)(end - start), 0, 0, 0);
        line = *next == '\n' ? next + 1 : next;
    }
    return result;
}

static uint32_t thread_word = 0x5eed;

static void set_thread_segment(void)
{
    // struct user_desc: any entry, this base, 1 MiB of pages, 32-bit, usable.
    uint32_t description[4] = {(uint32_t)-1, (uint32_t)&thread_word, 0xfffff, 0x51};
    if (call(SYS_SET_THREAD_AREA, (long)description, 0, 0, 0, 0) != 0)
        leave(3);
    __asm__ volatile("mov %w0, %%gs" : : "r"(description[0] << 3 | 3));
}

static int thread_segment_is_right(void)
{
    uint32_t word;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(word));
    return word == thread_word;
}

static void answer(const char *line)
{
    static char text[64];
    char *end = text;
    uint32_t a = 0, b = 0, c = 0, d = 0;
    const char *rest = line;
    while (*rest != ' ' && *rest != '\n')
        rest++;
    if (!thread_segment_is_right())
        end = put(end, "the thread-local segment is wrong");
    else if (same(line, "map")) {
        number(rest, 10, &a);
        end = put_number(end, map(a), 16);
    } else if (same(line, "write")) {
        number(number(number(number(rest, 16, &a), 10, &b), 10, &c), 10, &d);
        write_pages(a, b, c, d);
        end = put(end, "ok");
    } else if (same(line, "novdso"))
        end = put(end, drop_vdso() == 0 ? "ok" : "failed");
    else if (same(line, "descriptors"))
        end = put_number(end, count_descriptors(), 10);
    else
        end = put(end, "unknown command");
    put(end, "\n")[0] = '\0';
    say(1, text);
}

static void serve(void)
{
    static char line[512];
    say(1, "ready\n");
    for (size_t length = 0;;) {
        if (length == sizeof line || call(SYS_READ, 0, (long)(line + length), 1, 0, 0) != 1)
            leave(0);
        if (line[length++] == '\n') {
            if (same(line, "quit"))
                leave(0);
            answer(line);
            length = 0;
        }
    }
}

// Each page holds its number and how often it was written; the whole is compared each time.
static void work(const char *file, uint32_t pages)
{
    static char fresh[256], text[128];
    put(put(fresh, file), ".new")[0] = '\0';
    volatile uint32_t *data = (uint32_t *)map(pages);
    volatile uint32_t *counts = (uint32_t *)map((pages * 4 + PAGE - 1) / PAGE);
    for (uint32_t turn = 0;; turn++) {
        for (uint32_t i = 0; i < 64; i++) {
            uint32_t page = modulo(mix(turn, i), pages);
            data[page * 1024 + page % 1024] = page ^ ++counts[page];
        }
        uint32_t wrong = 0;
        for (uint32_t page = 0; page < pages; page++)
            wrong += data[page * 1024 + page % 1024] != (counts[page] == 0 ? 0 : page ^ counts[page]);
        if (wrong == 0 && thread_segment_is_right())
            put(put_number(put(text, "ok turns="), turn, 10), "\n")[0] = '\0';
        else
            put(put_number(put(text, "wrong pages="), wrong, 10), "\n")[0] = '\0';
        long fd = call(SYS_OPEN, (long)fresh, 01101, 0644, 0, 0);
        say(fd, text);
        call(SYS_CLOSE, fd, 0, 0, 0, 0);
        if (fd >= 0)
            call(SYS_RENAME, (long)fresh, (long)file, 0, 0, 0);
        int32_t pause[2] = {0, 5000000};
        call(SYS_NANOSLEEP, (long)pause, 0, 0, 0, 0);
    }
}

__attribute__((used)) static void begin(const uint32_t *stack)
{
    uint32_t pages;
    set_thread_segment();
    if (stack[0] < 3)
        serve();
    number((const char *)stack[3], 10, &pages);
    work((const char *)stack[2], pages);
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall begin\n");
