/*
 * What makes a process hard to enter for those who track its memory: no vDSO, no descriptor left, system calls that go elsewhere or kill, and so on.
 * The program goes on as before.
 */
#ifndef PECULIAR_H
#define PECULIAR_H

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#define SYSCALL_DISPATCH_FILTER_BLOCK 1
#endif

extern char __executable_start, etext;

static char peculiar_selector = SYSCALL_DISPATCH_FILTER_BLOCK;
static int peculiar_lowest_free;

/* All that the kernel put there itself: the code of the vDSO, and the data that goes with it. */
static int peculiar_drop_vdso(void)
{
    char line[512];
    unsigned long start, end;
    struct { unsigned long start, end; } found[8];
    int count = 0, result = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        return -1;
    while (fgets(line, sizeof line, maps) != NULL && count < 8) {
        if ((strstr(line, "[vdso]") != NULL || strstr(line, "[vvar") != NULL) && sscanf(line, "%lx-%lx", &start, &end) == 2) {
            found[count].start = start;
            found[count++].end = end;
        }
    }
    fclose(maps);
    for (int i = 0; i < count; i++)
        result |= munmap((void *)found[i].start, found[i].end - found[i].start);
    return result;
}

static int peculiar_limit(int resource, rlim_t most)
{
    struct rlimit limit = {most, most};
    return setrlimit(resource, &limit);
}

static int peculiar_fill_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    limit.rlim_cur = 64;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -1;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    peculiar_lowest_free = fd;
    while (fd >= 0)
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return errno == EMFILE ? 0 : -1;
}

/* System calls from outside of the program's own code end it by SIGSYS. */
static int peculiar_dispatch(void)
{
    return prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, &__executable_start, &etext - &__executable_start, &peculiar_selector);
}

static inline void *peculiar_doze(void *seconds)
{
    usleep(100000); /* until the answer is written */
    if (vfork() == 0) {
        sleep((unsigned)(uintptr_t)seconds);
        _exit(0);
    }
    return NULL;
}

static volatile int *peculiar_flag;

static void *peculiar_release(void *seconds)
{
    sleep((unsigned)(uintptr_t)seconds);
    *peculiar_flag = 1;
    return NULL;
}

/* Runs 32-bit code for some seconds, as programs do that run foreign ones: waits there for a flag, on a stack that it can reach. */
static int peculiar_thunk(unsigned long seconds)
{
    pthread_t thread;
    char *low = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (low == MAP_FAILED)
        return -1;
    peculiar_flag = (int *)low;
    uint32_t flag = (uint32_t)(uintptr_t)low;
    /* cmp dword cs:[flag], 0; je back; retf. The data segment may be empty in a 64-bit program. */
    unsigned char code[] = {0x2e, 0x83, 0x3d, flag & 255, flag >> 8 & 255, flag >> 16 & 255, flag >> 24 & 255, 0, 0x74, 0xf6, 0xcb};
    memcpy(low + 64, code, sizeof code);
    static struct __attribute__((packed)) { uint32_t offset; uint16_t segment; } target;
    static void *stack, *here;
    target.offset = flag + 64;
    target.segment = 0x23;
    stack = low + 3 * 4096 - 64;
    if (pthread_create(&thread, NULL, peculiar_release, (void *)seconds) != 0)
        return -1;
    __asm__ volatile("mov %%rsp, %0\n\tmov %1, %%rsp\n\tlcall *%2\n\tmov %0, %%rsp"
                     : "+m"(here)
                     : "m"(stack), "m"(target)
                     : "memory", "cc", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15");
    return munmap(low, 3 * 4096);
}

/* Becomes what is said; the amount is in seconds where it takes time. Returns 0, or -1 with errno. */
static inline int peculiar_become(const char *what, unsigned long amount)
{
    if (!strcmp(what, "novdso"))
        return peculiar_drop_vdso();
    if (!strcmp(what, "strict"))
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    if (!strcmp(what, "nofiles"))
        return peculiar_limit(RLIMIT_NOFILE, 0);
    if (!strcmp(what, "allfiles"))
        return peculiar_fill_descriptors();
    if (!strcmp(what, "freefile"))
        return close(peculiar_lowest_free);
    if (!strcmp(what, "nospace"))
        return peculiar_limit(RLIMIT_AS, 0);
    if (!strcmp(what, "locked"))
        return mlockall(MCL_CURRENT);
    if (!strcmp(what, "undumpable"))
        return prctl(PR_SET_DUMPABLE, 0);
    if (!strcmp(what, "nonewprivs"))
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!strcmp(what, "dispatch"))
        return peculiar_dispatch();
    if (!strcmp(what, "thunk"))
        return peculiar_thunk(amount);
    errno = EINVAL;
    return -1;
}

#endif
