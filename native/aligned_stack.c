/*
 * Holds 8 MiB of memory and sleeps with its stack pointer at the beginning of a page, or 16 bytes beside it with --beside.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BYTES = 8 << 20 };

int main(int count, char **arguments)
{
    char *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    memset(memory, 7, BYTES);
    long beside = count > 1 && strcmp(arguments[1], "--beside") == 0 ? 16 : 0;
    if (write(STDOUT_FILENO, "ready\n", 6) != 6)
        return 1;
#if defined(__x86_64__)
    __asm__ volatile("and $-4096, %%rsp\n\tsub %0, %%rsp\n1:\tmov %1, %%eax\n\tsyscall\n\tjmp 1b" : : "r"(beside), "i"(SYS_pause) : "rax", "rcx", "r11", "memory");
#elif defined(__aarch64__)
    __asm__ volatile("mov x9, sp\n\tand x9, x9, #-4096\n\tsub x9, x9, %0\n\tmov sp, x9\n1:\tmov x8, %1\n\tmov x0, #0\n\tmov x1, #0\n\tmov x2, #0\n\tmov x3, #0\n\tsvc #0\n\tb 1b"
                     : : "r"(beside), "i"(SYS_ppoll) : "x0", "x1", "x2", "x3", "x8", "x9", "memory");
#else
#error "Say here how to move the stack pointer."
#endif
}
