namespace U2CMigration.Core.Inventory;

/// <summary>The kinds of findings with their remedies, as data; <c>docs/what-moves.md</c> is written from them.</summary>
internal static class FindingRules
{
    private const string OwnIpc = "Start the workload in an IPC namespace of its own (unshare --ipc; PrivateIPC=yes in a systemd unit).";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<FindingRule> All { get; } =
    [
        new(FindingKind.OutsidePipe, "a pipe or FIFO to a process outside the workload",
            "Move the process that started both ends, or let the workload use a file in place of the pipe.", GiveUp.OutsidePipes),
        new(FindingKind.OutsideEvent, "an event counter (eventfd) shared with a process outside",
            "Move the process that started both.", GiveUp.OutsideEvents),
        new(FindingKind.OutsideSocket, "a socket that a process outside has open as well, such as a listening socket of a supervisor",
            "Move the process that opened it as well, or let it close its copy.", GiveUp.OutsideSockets),
        new(FindingKind.OutsideMemory, "memory shared with a process outside",
            "Move the process that started both.", GiveUp.OutsideMemory),
        new(FindingKind.OutsideStream, "a unix stream connected to a process outside",
            "Streams cannot be cut: move both ends in one tree, or let the workload close it (a service of systemd logs into such a stream unless StandardOutput= and StandardError= name a file)."),
        new(FindingKind.OutsideDatagrams, "a unix datagram socket connected to a process outside, a logger for example",
            "Let something listen on the same path at the destination and allow to reconnect it there; a socket without a path has to be closed first.",
            Option: "CriuSettings.ExternalUnixSockets (agent: --external-unix-sockets)"),
        new(FindingKind.OutsideSenders, "a unix datagram socket that processes outside send to",
            "They have to connect to another one when it has moved."),
        new(FindingKind.LocalConnection, "a TCP connection with a process of the same host, or on an address that does not move",
            "Move both ends, close the connection first, or let the address move along.", GiveUp.LocalConnections,
            "CriuSettings.TcpClose closes all connections (agent: --tcp-close)"),
        new(FindingKind.MultipathTcp, "a multipath TCP socket",
            "Let the program use plain TCP: programs written in Go by GODEBUG=multipathtcp=0; all programs of a network namespace by the sysctl net.mptcp.enabled=0."),
        new(FindingKind.SocketKind, "a socket of a kind that CRIU cannot move (vsock, AF_XDP, AF_ALG, SCTP, ping and others)",
            "Let the workload close it, or start it without."),
        new(FindingKind.IoUring, "an io_uring",
            "Turn it off in the program (MariaDB: innodb_linux_aio=aio; libuv: a seccomp filter) or for the host (sysctl kernel.io_uring_disabled=2), and start the workload again."),
        new(FindingKind.KernelObject, "an object of the kernel that CRIU cannot move (userfaultfd, perf event, BPF program, mount or KVM descriptor and others)",
            "Let the workload close it, or start it without."),
        new(FindingKind.ProcessDescriptor, "a descriptor (pidfd) of a process outside",
            "Move that process along, or let the workload close the descriptor."),
        new(FindingKind.Device, "an open device that CRIU cannot move",
            "Let the workload close it, or start it without."),
        new(FindingKind.Terminal, "a terminal whose other end a process outside has",
            "Start the workload without a terminal (setsid PROGRAM </dev/null >FILE 2>&1), or move the process that opened the terminal, tmux or screen for example.",
            Option: "CriuSettings.External with tty[...] (agent: --external)"),
        new(FindingKind.WatchedFile, "a watched file (inotify, fanotify) whose file system does not tell its path, as overlayfs does not",
            "Let it be searched for (CriuSettings.InodeMapPaths, agent: --inode-map-path, for files elsewhere than in /etc, /var/log and /var/spool), or turn the watching off in the program.",
            Option: "CriuSettings.ForceInodeMap (agent: --force-inode-map)"),
        new(FindingKind.MessageQueue, "a POSIX message queue",
            "Let the workload close it, or start it without."),
        new(FindingKind.SecretMemory, "secret memory (memfd_secret)",
            "Nobody but the process can read it; start the workload without."),
        new(FindingKind.DeviceMemory, "mapped memory of a device",
            "Let the workload unmap it, or start it without."),
        new(FindingKind.SystemVMemory, "System V shared memory outside an IPC namespace of the workload's own", OwnIpc),
        new(FindingKind.SystemVSemaphores, "System V semaphores outside an IPC namespace of the workload's own", OwnIpc),
        new(FindingKind.SystemVQueue, "a System V message queue outside an IPC namespace of the workload's own", OwnIpc),
        new(FindingKind.NestedNamespace, "a process in another PID, IPC, UTS or time namespace than the root of the workload",
            "Move that process as a workload of its own, or start the whole workload in the namespace."),
        new(FindingKind.PartOfNamespace, "a root that is in a PID namespace of its own and not the first process of it",
            "Move the first process of that namespace, with everything in it."),
    ];

    private static readonly Dictionary<FindingKind, FindingRule> ByKind = All.ToDictionary(static rule => rule.Kind);

    /// <summary>The rule of a kind.</summary>
    public static FindingRule Of(FindingKind kind) => ByKind[kind];
}
