using U2CMigration.Criu.Options;

namespace U2CMigration.Core.Sessions;

/// <summary>How CRIU is called. The defaults suit a service with network connections.</summary>
/// <remarks>
/// What the restore has to know of the dump is told to the destination by the source (<see cref="TcpClose"/>, <see cref="ExternalUnixSockets"/>, <see cref="LinkRemap"/>,
/// <see cref="EmptyNetworkNamespace"/>, the mode of <see cref="Cgroups"/> and all <see cref="Mounts"/>), so the two ends cannot disagree; a value that the destination is given itself counts there.
/// </remarks>
public sealed record CriuSettings
{
    /// <summary>The program.</summary>
    /// <value>Default: <c>criu</c>, found through PATH.</value>
    public string Path { get; init; } = "criu";

    /// <summary>A command put in front of the program, for example <c>nsenter --net=/run/netns/web --</c>.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Whether established TCP connections move along.</summary>
    /// <value>Default: true. Without it and without <see cref="TcpClose"/> a workload that has one cannot be moved.</value>
    public bool TcpEstablished { get; init; } = true;

    /// <summary>Whether established TCP connections arrive closed, as after a loss of the network, instead of moving along: for a workload whose address does not move.</summary>
    /// <value>Default: false. Takes the place of <see cref="TcpEstablished"/>. On the destination alone it closes what was moved.</value>
    public bool TcpClose { get; init; }

    /// <summary>
    /// Whether connections that the workload has not accepted yet are given up. Otherwise a single one that arrives in the moment of the freeze makes
    /// the dump fail, which leaves the workload running on the source.
    /// </summary>
    /// <value>Default: true.</value>
    public bool TcpSkipInFlight { get; init; } = true;

    /// <summary>Whether the tree may belong to a session or terminal that lies outside of it.</summary>
    /// <value>Default: true.</value>
    public bool ShellJob { get; init; } = true;

    /// <summary>Whether file locks held by the tree move along.</summary>
    /// <value>Default: true.</value>
    public bool FileLocks { get; init; } = true;

    /// <summary>
    /// Whether unix sockets may be connected to processes outside the tree, to a logger for example. Sockets for datagrams are connected to the same path on the destination, where
    /// something must listen; connected streams cannot be moved with it either.
    /// </summary>
    /// <value>Default: false.</value>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>
    /// The largest deleted file that the workload still has open and that moves along, in bytes as it lies on the disk (holes do not count). Such files travel while the workload is
    /// frozen and lie in the work directory of both hosts meanwhile. A larger one is refused before anything is touched. Source only.
    /// </summary>
    /// <value>
    /// Default: 0: <c>ghost-limit</c> of CRIU's configuration files (<c>/etc/criu/default.conf</c>) where they have one, else <see cref="DefaultDeletedFileLimitBytes"/>. Range: 1 to 4 GiB - 1.
    /// </value>
    public long DeletedFileLimitBytes { get; init; }

    /// <summary>What <see cref="DeletedFileLimitBytes"/> is where nobody says otherwise: 512 MiB.</summary>
    public const long DefaultDeletedFileLimitBytes = 512L << 20;

    /// <summary>
    /// Whether a file that was deleted under the name by which the workload opened it, and that has other names left, gets a name for the time of the migration
    /// (<c>link_remap.N</c> in the same directory). Both hosts must see that directory.
    /// </summary>
    /// <value>Default: false: a workload with such a file is refused.</value>
    public bool LinkRemap { get; init; }

    /// <summary>Whether watched files (inotify, fanotify) are searched for by their number where the file system does not tell their path, as overlayfs does not. Source only.</summary>
    /// <value>Default: false. The search takes time while the workload is frozen.</value>
    public bool ForceInodeMap { get; init; }

    /// <summary>Directories to search for <see cref="ForceInodeMap"/>, besides <c>/etc</c>, <c>/var/log</c> and <c>/var/spool</c>. Source only.</summary>
    /// <value>Default: empty. Absolute paths.</value>
    public IReadOnlyList<string> InodeMapPaths { get; init; } = [];

    /// <summary>Whether a device file may be another than the one that was opened, as long as it is the same device. Source only.</summary>
    /// <value>Default: false.</value>
    public bool EvasiveDevices { get; init; }

    /// <summary>The mounts of a workload with a mount namespace of its own.</summary>
    public CriuMountSettings Mounts { get; init; } = new();

    /// <summary>The control groups of the workload.</summary>
    public CriuCgroupSettings Cgroups { get; init; } = new();

    /// <summary>Whether the workload's own network namespace is restored empty; what was in it is the caller's business.</summary>
    /// <value>Default: false.</value>
    public bool EmptyNetworkNamespace { get; init; }

    /// <summary>Other resources outside the tree, in CRIU's notation (criu(8), <c>--external</c>): <c>net[INODE]:NAME</c> on the source, <c>veth[eth0]:veth1</c> on the destination.</summary>
    /// <value>Default: empty. Each host has its own; they are not told.</value>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>Existing namespaces of the destination that the workload joins in place of its own. Destination only.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<CriuJoinNamespace> JoinNamespaces { get; init; } = [];

    /// <summary>Open files of the receiver that take the place of ones that the workload had. Destination only.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<CriuInheritedFile> InheritedFiles { get; init; } = [];

    /// <summary>How the files of the destination are compared with those that the workload had open. Destination only.</summary>
    /// <value>Default: <see cref="CriuFileValidation.BuildId"/>.</value>
    public CriuFileValidation FileValidation { get; init; } = CriuFileValidation.BuildId;

    /// <summary>Whether the files of the destination may have other access rights than when they were opened. Destination only.</summary>
    /// <value>Default: false.</value>
    public bool SkipFileRightsCheck { get; init; }

    /// <summary>The security profile of the restored processes, in CRIU's notation (<c>apparmor:NAME</c>, <c>selinux:CONTEXT</c>). Destination only.</summary>
    /// <value>Default: empty, that of the source.</value>
    public string LsmProfile { get; init; } = string.Empty;

    /// <summary>
    /// Options of CRIU that have none here, one line each as in its configuration files (<c>ghost-fiemap</c>, <c>--file-validation filesize</c>). They override all others, and are
    /// not told to the other host. What the migration itself depends on is refused: directories, logs, what becomes of the tasks.
    /// </summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> RawOptions { get; init; } = [];

    /// <summary>The detail of CRIU's log, 0 (errors only) to 4 (all).</summary>
    /// <value>Default: 2. More costs downtime.</value>
    public int LogLevel { get; init; } = 2;
}
