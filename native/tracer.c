/* Traces a process without disturbing it, as a debugger that waits does: a traced process can not be migrated. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: tracer PID\n");
        return 2;
    }
    if (ptrace(PTRACE_SEIZE, (pid_t)atoi(argv[1]), NULL, NULL) != 0) {
        perror("tracer: ptrace");
        return 1;
    }
    printf("tracing\n");
    fflush(stdout);
    for (;;)
        pause();
}
