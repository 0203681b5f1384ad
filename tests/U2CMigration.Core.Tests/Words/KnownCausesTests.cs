using System.Text.RegularExpressions;
using U2CMigration.Core.Words;

namespace U2CMigration.Core.Tests.Words;

/// <summary>With lines as CRIU 4.2.1 writes them.</summary>
public sealed class KnownCausesTests
{
    [Theory]
    [InlineData("Can't dump ghost file /var/tmp/spool.tmp of 8388608 size, increase limit", "deleted file /var/tmp/spool.tmp of 8 MiB", "DeletedFileLimitBytes")]
    [InlineData("Can't create link remap for /srv/a. Use link-remap option", "file /srv/a open that was deleted", "LinkRemap")]
    [InlineData("mnt: 161:./proc/timer_list doesn't have a proper root mount", "The mount /proc/timer_list comes from outside", "Mounts.Root")]
    [InlineData("mnt: BUG at criu/mount.c:48", "without its root file system", "Mounts.Root")]
    [InlineData("mnt: No mapping for 12:./volume mountpoint", "what to mount at /volume", "Mounts.External")]
    [InlineData("Can't get rlimit 0: Operation not permitted", "another user", "CAP_SYS_RESOURCE")]
    [InlineData("Unknown shit 600 (anon_inode:[io_uring])", "uses io_uring", "kernel.io_uring_disabled")]
    [InlineData("Can't dump file 7 of that type [600] (unknown anon_inode:[userfaultfd])", "cannot move: anon_inode:[userfaultfd]", "close it")]
    [InlineData("Task 10439 with SysVIPC shmem map @7f844006b000 doesn't live in IPC ns", "System V shared memory (mapped at 7f844006b000)", "unshare --ipc")]
    [InlineData("fsnotify: Can't dump that handle", "watches a file", "ForceInodeMap")]
    [InlineData("Can't open file tmp/hsperfdata_root/4711 on restore: No such file or directory", "tmp/hsperfdata_root/4711", "on both hosts")]
    [InlineData("Can't open file dev/shm/PostgreSQL.12: No such file or directory", "dev/shm/PostgreSQL.12", "on both hosts")]
    [InlineData("fsnotify: Unable to open /tmp/watched: No such file or directory", "/tmp/watched", "on both hosts")]
    [InlineData("suspending seccomp failed: Operation not permitted", "seccomp filter", "without a seccomp filter")]
    [InlineData("unix: External socket is used. Consider using --ext-unix-sk option", "process outside", "ExternalUnixSockets")]
    [InlineData("unix: Can't dump half of stream unix connection. name: (null); peer name: /run/log", "peer '/run/log'", "Streams cannot be cut")]
    [InlineData("inet: Connected TCP socket, consider using --tcp-established option", "established TCP connections", "TcpEstablished")]
    [InlineData("Need to set the --tcp-close options", "connections closed", "TcpClose")]
    [InlineData("Can't lookup mount=27 for fd=1 path=/tmp/log", "file /tmp/log (descriptor 1)", "inside the workload's namespace")]
    [InlineData("tcp: In-flight connection (l) for 5: is in-flight", "moment of the freeze", "TcpSkipInFlight")]
    [InlineData("uffd: Unable to open an userfaultfd descriptor: Operation not permitted", "may not use userfaultfd", "FlatImages")]
    [InlineData("tcp: Can't restore not-sent send queue data (-1), want (0-977:250287:977): Broken pipe", "Data under way", "Try again")]
    [InlineData("File usr/bin/redis has bad size 5 (expect 6)", "5 bytes on the destination and 6 on the source", "Copy it there")]
    [InlineData("File srv/a has bad mode 0100600 (expect 0100644)", "rights 0100600 on the destination and 0100644 on the source", "SkipFileRightsCheck")]
    [InlineData("File usr/lib/libc.so.6 has bad build-ID", "another build", "FileValidation")]
    [InlineData("Can't fork for 4711: File exists", "number 4711", "Receive into a PID namespace")]
    [InlineData("Can't bind inet socket back: Cannot assign requested address", "an address", "--address on both ends")]
    [InlineData("Unable to map ANON_VMA: Cannot allocate memory", "reserved", "vm.overcommit_memory")]
    [InlineData("create_page_pipe: Can't allocate 34365570672 bytes", "reserved", "reserve less")]
    [InlineData("Some file locks are hold by dumping tasks! You can try --file-locks to dump them", "file locks", "FileLocks")]
    [InlineData("The root process 5 is not a session leader. Consider using --shell-job option", "session", "ShellJob")]
    [InlineData("mnt: FS mnt ./x dev 0x2f root / unsupported id 5", "mounted at /x", "Mounts.FileSystems")]
    [InlineData("Can't dump nested uts namespace for 77", "has a uts namespace", "workload of its own")]
    [InlineData("cpu: CPU capabilities do not match run time", "processor", "same make")]
    [InlineData("criu: unrecognized option '--no-such'", "option 'no-such'", "/etc/criu/default.conf")]
    public void Find_LineOfCriu_SaysWhatItMeansAndWhatHelps(string line, string meaning, string remedy)
    {
        (KnownCause Cause, Match Match)? found = KnownCauses.Find(line);

        found.Should().NotBeNull();
        found!.Value.Cause.Sentence(found.Value.Match).Should().Contain(meaning).And.Contain(remedy).And.NotContainAny("{", "}");
    }

    [Theory]
    [InlineData("Can't write image")]
    [InlineData("10439 exited, status=1")]
    public void Find_OtherLine_IsNotKnown(string line) => KnownCauses.Find(line).Should().BeNull();

    [Theory]
    [InlineData("tcp: Can't restore not-sent send queue data (-1), want (1:2:3): Broken pipe", true)]
    [InlineData("Can't fork for 4711: File exists", true)]
    [InlineData("Can't get rlimit 0: Operation not permitted", false)]
    public void Find_Line_TellsWhetherARetryMayHelp(string line, bool expected) => KnownCauses.Find(line)!.Value.Cause.IsTransient.Should().Be(expected);
}
