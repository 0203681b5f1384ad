/*
 * A program whose state is in the kernel's System V objects, in an IPC namespace of its own: semaphores, a queue with messages of several types, memory that is attached and memory that is not; and in a FIFO
 * with a name that holds data. Or, with --kind huge, in huge pages: private ones, shared ones and a memory file of them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "worker.h"

enum { SEMAPHORES = 3, QUEUED = 5, KEY = 0x55324d, SEGMENT = 1 << 20, HUGE = 2 << 20, MOST_AREAS = 4, IN_FIFO = 1000 };

struct message {
    long type;
    uint64_t number;
};

static int semaphores, queue, detached, fifo = -1;
static unsigned short expected[SEMAPHORES];
static uint64_t sent, received, state;
static struct guarded areas[MOST_AREAS];
static size_t area_count;

static int made(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static uint64_t next(void)
{
    return state = mix(state + 1);
}

static void add(const char *name, void *memory, size_t bytes)
{
    if (memory == MAP_FAILED) {
        perror(name);
        exit(1);
    }
    guarded_adopt(&areas[area_count++], name, memory, bytes);
}

/* Beside the program, where both hosts see it. */
static void open_fifo(void)
{
    char path[512];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    snprintf(path + made((int)length, "readlink"), 32, ".fifo");
    unlink(path);
    made(mkfifo(path, 0600), "mkfifo");
    fifo = made(open(path, O_RDWR | O_NONBLOCK), path);
    for (int i = 0; i < IN_FIFO; i++)
        if (write(fifo, &i, sizeof i) != sizeof i)
            made(-1, "write");
}

static void send_message(void)
{
    struct message message = { .type = 1 + (long)(sent % 3), .number = sent };
    made(msgsnd(queue, &message, sizeof message.number, IPC_NOWAIT), "msgsnd");
    sent++;
}

static void prepare_objects(void)
{
    made(unshare(CLONE_NEWIPC), "unshare");
    semaphores = made(semget(KEY, SEMAPHORES, IPC_CREAT | 0640), "semget");
    for (int i = 0; i < SEMAPHORES; i++) {
        expected[i] = (unsigned short)(10 * i + 1);
        made(semctl(semaphores, i, SETVAL, (int)expected[i]), "semctl");
    }
    queue = made(msgget(KEY, IPC_CREAT | 0600), "msgget");
    for (int i = 0; i < QUEUED; i++)
        send_message();
    int attached = made(shmget(KEY, SEGMENT, IPC_CREAT | 0600), "shmget");
    add("the attached segment", shmat(attached, NULL, 0), SEGMENT);
    detached = made(shmget(KEY + 1, SEGMENT, IPC_CREAT | 0600), "shmget");
    char *memory = shmat(detached, NULL, 0);
    memset(memory, 'D', SEGMENT);
    shmdt(memory);
    open_fifo();
}

static void prepare_huge(void)
{
    int both = PROT_READ | PROT_WRITE;
    add("private huge pages", mmap(NULL, 2 * HUGE, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), 2 * HUGE);
    add("shared huge pages", mmap(NULL, HUGE, both, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), HUGE);
    int file = made(memfd_create("huge", MFD_HUGETLB | MFD_CLOEXEC), "memfd_create");
    made(ftruncate(file, HUGE), "ftruncate");
    add("a file of huge pages", mmap(NULL, HUGE, both, MAP_SHARED, file, 0), HUGE);
}

static void prepare(void)
{
    state = worker->seed;
    if (worker_is("ipc"))
        prepare_objects();
    else
        prepare_huge();
}

static void work(void)
{
    struct guarded *area = &areas[next() % area_count];
    uint64_t *word = (uint64_t *)area->data + next() % (area->pages * PAGE_WORDS);
    *word = next();
    guarded_seal(area, word, sizeof *word);
    if (!worker_is("ipc"))
        return;
    int which = (int)(next() % SEMAPHORES);
    struct sembuf change = { .sem_num = (unsigned short)which, .sem_op = next() % 2 == 0 && expected[which] > 1 ? -1 : 1, .sem_flg = IPC_NOWAIT };
    if (expected[which] < 30000 && semop(semaphores, &change, 1) == 0)
        expected[which] = (unsigned short)(expected[which] + change.sem_op);
    struct message message;
    if (msgrcv(queue, &message, sizeof message.number, 0, IPC_NOWAIT) == sizeof message.number && message.number == received && message.type == 1 + (long)(received % 3)) {
        received++;
        send_message();
    }
}

static int wrong(char *text, size_t size, const char *what, long value)
{
    snprintf(text, size, "%s: %ld (errno: %s)", what, value, strerror(errno));
    return 0;
}

static int objects_are_right(char *text, size_t size)
{
    errno = 0;
    for (int i = 0; i < SEMAPHORES; i++)
        if (semctl(semaphores, i, GETVAL) != expected[i])
            return wrong(text, size, "a semaphore has another value", semctl(semaphores, i, GETVAL));
    struct semid_ds set;
    if (semget(KEY, SEMAPHORES, 0) != semaphores || semctl(semaphores, 0, IPC_STAT, &set) != 0 || (set.sem_perm.mode & 0777) != 0640)
        return wrong(text, size, "the semaphores have another number or other permissions", semget(KEY, SEMAPHORES, 0));
    struct msqid_ds waiting;
    if (msgctl(queue, IPC_STAT, &waiting) != 0 || waiting.msg_qnum != QUEUED || sent - received != QUEUED)
        return wrong(text, size, "another number of messages waits", (long)waiting.msg_qnum);
    struct message message;
    if (msgrcv(queue, &message, sizeof message.number, 0, IPC_NOWAIT | MSG_COPY) != sizeof message.number || message.number != received)
        return wrong(text, size, "the first message is another one", (long)message.number);
    char *memory = shmat(detached, NULL, SHM_RDONLY);
    if (memory == (void *)-1)
        return wrong(text, size, "the segment that nobody had attached is gone", detached);
    size_t right = 0;
    while (right < SEGMENT && memory[right] == 'D')
        right++;
    shmdt(memory);
    if (right != SEGMENT)
        return wrong(text, size, "the segment that nobody had attached has other content from byte", (long)right);
    int first = -1, last = IN_FIFO - 1;
    if (read(fifo, &first, sizeof first) != sizeof first || write(fifo, &first, sizeof first) != sizeof first)
        return wrong(text, size, "the FIFO cannot be read and written", first);
    static int turn;
    if (first != turn++ % (last + 1))
        return wrong(text, size, "the FIFO holds something else", first);
    return 1;
}

static int report(char *text, size_t size)
{
    text[0] = 0;
    if (worker_is("ipc") && !objects_are_right(text, size))
        return 0;
    snprintf(text, size, " messages=%" PRIu64, received);
    return 1;
}

int main(int argc, char **argv)
{
    static struct worker ipc = {
        .name = "ipc", .summary = "Keeps its state in System V objects and a FIFO, or in huge pages.", .unit = "changes", .endpoint = "127.0.0.1:7824",
        .mebibytes = 8, .rate = 500, .seed = 1, .kinds = "ipc huge", .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&ipc, argc, argv);
}
