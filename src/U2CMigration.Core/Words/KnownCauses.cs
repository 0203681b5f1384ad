using System.Text.RegularExpressions;

namespace U2CMigration.Core.Words;

/// <summary>CRIU's reasons in our terms, as data: the first entry that fits counts.</summary>
internal static class KnownCauses
{
    private const string Settings = "CriuSettings.";

    private const string StopsAtOnce = "Try again, or put the workload in a control group of its own, which stops at once.";

    /// <summary>What a dump that fails without a word means, as far as that was seen.</summary>
    public const string Unstoppable = "processes or threads of the workload began and ended faster than it could stop them. " + StopsAtOnce;

    private static readonly KnownCause[] Table =
    [
        // Stopping the tree.
        new(@"Can't open (/proc/)?\d+\S*: No such file or directory",
            "A process or thread of the workload ended while CRIU was stopping it.",
            StopsAtOnce,
            IsTransient: true),

        // Files.
        new(@"Can't dump ghost file (?<file>.+) of (?<bytes>\d+) size",
            "The workload has the deleted file {file} of {bytes:MiB} open, which is above the limit.",
            $"Raise {Settings}DeletedFileLimitBytes (agent: --deleted-file-limit-mib), or let the workload close the file."),
        new(@"Can't create link remap for (?<file>\S+)\.",
            "The workload has the file {file} open that was deleted under this name and has other names left.",
            $"Set {Settings}LinkRemap (agent: --link-remap) if both hosts see its directory, or let the workload close the file."),
        new(@"Can't lookup mount=\S+ for fd=(?<fd>-?\d+) path=(?<file>.*)",
            "The file {file} (descriptor {fd}) lies on a mount that the workload's mount namespace does not have.",
            "Open it from inside the workload's namespace, or close it."),
        new(@"Unaccessible path opened",
            "The workload has a file open whose name belongs to another file by now.",
            $"Let the workload open it again; for a device, set {Settings}EvasiveDevices (agent: --evasive-devices)."),
        new(@"io_uring",
            "The workload uses io_uring, which CRIU cannot move.",
            "Turn it off in the program (libuv: a seccomp filter or kernel.io_uring_disabled=2; MariaDB: innodb_linux_aio=aio) or for the host (sysctl kernel.io_uring_disabled=2), and start the workload again."),
        new(@"(Can't dump file (?<fd>\d+) of that type \[\d+\] \(\w+ (?<link>.+)\)|Unknown shit \d+ \((?<link>.+)\))",
            "The workload has something open that CRIU cannot move: {link}.",
            "Let the workload close it, or start it without."),
        new(@"Can't dump that handle",
            "The workload watches a file (inotify or fanotify) whose path the file system does not tell, as overlayfs does not.",
            $"Set {Settings}ForceInodeMap, and {Settings}InodeMapPaths for files elsewhere than in /etc, /var/log and /var/spool (agent: --force-inode-map, --inode-map-path), or turn the watching off in the program."),
        new(@"Some file locks are hold",
            "The workload holds file locks.",
            $"Set {Settings}FileLocks."),
        new(@"(Can't open file|Unable to open) (?<file>.+?)(?: on restore)?: No such file or directory",
            "The file {file} (a path from the workload's root) is not on the destination.",
            "The workload's files must be on both hosts at the same paths: copy it there, put it on shared storage, or let the workload close it."),
        new(@"File (?<file>.+) has bad size (?<there>\d+) \(expect (?<here>\d+)\)",
            "The file {file} has {there} bytes on the destination and {here} on the source.",
            "Copy it there, put it on shared storage, or stop what writes to it there."),
        new(@"File (?<file>.+) has bad mode (?<there>\S+) \(expect (?<here>\S+)\)",
            "The file {file} has the rights {there} on the destination and {here} on the source.",
            $"Give it the same rights, or set {Settings}SkipFileRightsCheck at the destination (agent: receive --skip-file-rights-check)."),
        new(@"File (?<file>.+) has bad build-ID",
            "The program or library {file} is another build on the destination than on the source.",
            $"Install the same version; if both do the same, set {Settings}FileValidation to Size at the destination (agent: receive --file-validation size)."),

        // Sockets.
        new(@"Can't dump half of stream unix connection. name: (?<name>.*); peer name: (?<peer>.*)",
            "A unix stream of the workload is connected to a process outside of it (name '{name}', peer '{peer}').",
            "Streams cannot be cut: move both ends in one tree, or let the workload close it."),
        new(@"External socket (is used|found in image)",
            "A unix socket of the workload is connected to a process outside of it, a logger for example.",
            $"If it carries datagrams, set {Settings}ExternalUnixSockets (agent: --external-unix-sockets) and let something listen on the same path of the destination; else let the workload close it."),
        new(@"Can't dump name-less external socket",
            "A unix socket of the workload is connected to a socket without a name outside of it, which the destination could not find.",
            "Move both ends in one tree, or let the workload close it."),
        new(@"Need to set the --tcp-close",
            "The workload was dumped with its connections closed.",
            $"Set {Settings}TcpClose at the destination too (agent: --tcp-close)."),
        new(@"Connected TCP socket",
            "The workload has established TCP connections, and the settings say that none may move.",
            $"Set {Settings}TcpEstablished to move them, or {Settings}TcpClose to close them (agent: --tcp-close)."),
        new(@"unix: Non-empty write queue on an in-flight socket",
            "A connection over a unix socket waits to be accepted by the workload, and something was sent over it already.",
            "Try again; if the workload is too busy to accept, try when it is not.",
            IsTransient: true),
        new(@"in-flight",
            "A connection to the workload was being made in the moment of the freeze.",
            $"Try again; with {Settings}TcpSkipInFlight such connections are given up instead.",
            IsTransient: true),
        new(@"Can't bind inet socket.*: Cannot assign requested address",
            "The destination does not have an address that a socket of the workload is bound to.",
            $"Let the address move along (agent: --address on both ends), or set {Settings}TcpClose (agent: --tcp-close) if connections may end."),
        new(@"Can't restore .*queue data",
            "Data under way on a TCP connection could not be put back: its other end answered before it was restored.",
            "Try again; connections between processes of the workload with full buffers fail like this.",
            IsTransient: true),
        new(@"The socket has data to read",
            "A netlink socket of the workload had messages waiting in the moment of the freeze.",
            "Try again.",
            IsTransient: true),

        // Namespaces, mounts, control groups.
        new(@"\d+:\.?(?<mount>\S+) doesn't have a proper root mount",
            "The mount {mount} comes from outside the workload's mount namespace, as volumes of containers do.",
            $"Name the workload's root in {Settings}Mounts.Root and such mounts in {Settings}Mounts.External (agent: --root, --external-mount), or set {Settings}Mounts.AutoExternal (agent: --auto-external-mounts)."),
        new(@"No mapping for \d+:\.?(?<mount>\S+) mountpoint",
            "The destination does not know what to mount at {mount}, which was dumped as an external mount.",
            $"Name it in {Settings}Mounts.External at the destination (agent: --external-mount MOUNTPOINT=PATH)."),
        new(@"(BUG at criu/mount|bad root mount|New root and old root are the same)",
            "The mounts of the workload cannot be made on the destination without its root file system.",
            $"Name it in {Settings}Mounts.Root (agent: --root): a directory that is the root of a mount there."),
        new(@"unreachable sharing",
            "A mount of the workload gets or gives what is mounted in another mount namespace.",
            $"Set {Settings}Mounts.AutoExternal (agent: --auto-external-mounts), or name it in {Settings}Mounts.External (agent: --external-mount)."),
        new(@"FS mnt \.?(?<mount>\S+) dev .* unsupported id",
            "CRIU does not know the file system that is mounted at {mount}.",
            $"Name its kind in {Settings}Mounts.FileSystems (agent: --enable-fs), or the mount in {Settings}Mounts.External (agent: --external-mount)."),
        new(@"Task (?<pid>\d+) with SysVIPC shmem map @(?<address>\w+) doesn't live in IPC ns",
            "A process has System V shared memory (mapped at {address}), which can be moved only in an IPC namespace of the workload's own.",
            "Start the workload in one (unshare --ipc; PrivateIPC=yes in a systemd unit)."),
        new(@"Can't dump nested (?<kind>\w+) namespace for (?<pid>\d+)",
            "A process inside the workload has a {kind} namespace of its own, which CRIU can move only when the whole workload is in it.",
            "Move that process as a workload of its own, or start the whole workload in the namespace."),
        new(@"not a session leader|session leader of .* is outside",
            "The workload belongs to a session whose leader is not part of it.",
            $"Set {Settings}ShellJob, or start the workload by setsid."),

        // Privileges and kernel.
        new(@"Can't get rlimit \d+: Operation not permitted",
            "The limits of a process that runs as another user may not be read.",
            "Grant CAP_SYS_RESOURCE to the program that migrates."),
        new(@"suspending seccomp failed",
            "The workload has a seccomp filter, and the kernel does not let CRIU suspend it.",
            "Run the program that migrates without a seccomp filter of its own and with CAP_SYS_ADMIN."),
        new(@"Unable to open an userfaultfd descriptor",
            "The workload may not use userfaultfd where it is restored, in a user namespace for example, so its memory cannot follow on first touch.",
            "Receive with RestoreMode.FlatImages (agent: receive --restore-mode flat-images), or set vm.unprivileged_userfaultfd to 1 on the destination."),
        new(@"Unable to map ANON_VMA: Cannot allocate memory",
            "The workload has reserved more address space than the destination gives without memory behind it.",
            "Set vm.overcommit_memory to 1 on the destination, or let the workload reserve less."),
        new(@"create_page_pipe: Can't allocate",
            "The workload has reserved so much address space that CRIU cannot list its pages.",
            "Let the workload reserve less."),
        new(@"CPU .*(not supported on host|do not match|missing in image|mismatch|required by image)",
            "The processor of the destination lacks something that the workload may use.",
            "Move to a host with the same or a newer processor of the same make."),
        new(@"Can't fork for (?<taken>\d+): File exists",
            "Process number {taken} of the workload is taken on the destination.",
            "Receive into a PID namespace of its own, or try again when that process has ended.",
            IsTransient: true),
        new(@"No space left on device",
            "There is no space left for CRIU's images.",
            "Free space in the work directory, or name another one (WorkDirectory; agent: --work-directory)."),

        // CRIU's own configuration.
        new(@"unrecognized option '--(?<option>[\w-]+)'",
            "CRIU's configuration names the option '{option}', which this CRIU does not know.",
            $"Correct it in /etc/criu/default.conf, ~/.criu/default.conf or {Settings}RawOptions (agent: --criu-option)."),
        new(@"Unsupported configuration file format",
            "A line of CRIU's configuration is not of the form OPTION or OPTION VALUE.",
            $"Correct it in /etc/criu/default.conf, ~/.criu/default.conf or {Settings}RawOptions (agent: --criu-option)."),
    ];

    /// <summary>What a line of CRIU means; null where it is not known.</summary>
    public static (KnownCause Cause, Match Match)? Find(string line)
    {
        foreach (KnownCause cause in Table)
        {
            if (cause.Match(line) is { Success: true } match)
            {
                return (cause, match);
            }
        }

        return null;
    }
}
