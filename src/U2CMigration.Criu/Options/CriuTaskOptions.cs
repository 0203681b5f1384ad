using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Options;

/// <summary>What a dump and a restore have in common. The same values have to be given to both where CRIU stores no choice in the images.</summary>
public abstract record CriuTaskOptions
{
    private protected CriuTaskOptions(string logFile) => LogFile = logFile;

    /// <summary>The directory of the images; it has to exist.</summary>
    public required string ImagesDirectory { get; init; }

    /// <summary>The directory of the log, the statistics and the lazy pages socket; it has to exist.</summary>
    /// <value>Default: empty, the images directory.</value>
    public string WorkDirectory { get; init; } = string.Empty;

    /// <summary>The log file, a name without a directory, in the work directory.</summary>
    /// <value>Default: <c>dump.log</c>, <c>pre-dump.log</c> or <c>restore.log</c>.</value>
    public string LogFile { get; init; }

    /// <summary>How much is logged. Each step up costs time while the tasks are stopped.</summary>
    /// <value>Default: <see cref="CriuLogLevel.Warning"/>.</value>
    public CriuLogLevel LogLevel { get; init; } = CriuLogLevel.Warning;

    /// <summary>Established TCP connections are dumped and restored; without it they make a dump fail.</summary>
    /// <value>Default: false.</value>
    public bool TcpEstablished { get; init; }

    /// <summary>Connections that are not accepted yet are dropped instead of making a dump fail.</summary>
    /// <value>Default: false.</value>
    public bool TcpSkipInFlight { get; init; }

    /// <summary>Established connections are restored as closed.</summary>
    /// <value>Default: false.</value>
    public bool TcpClose { get; init; }

    /// <summary>The tree belongs to a session or terminal that is not part of the dump.</summary>
    /// <value>Default: false.</value>
    public bool ShellJob { get; init; }

    /// <summary>Unix sockets with a peer outside the tree are allowed.</summary>
    /// <value>Default: false.</value>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>A device file is accepted under another path than when it was opened.</summary>
    /// <value>Default: false.</value>
    public bool EvasiveDevices { get; init; }

    /// <summary>File locks are dumped and restored; needs the tree to be alone in using those files.</summary>
    /// <value>Default: false.</value>
    public bool FileLocks { get; init; }

    /// <summary>Deleted files that are still open are linked under a new name for the restore.</summary>
    /// <value>Default: false.</value>
    public bool LinkRemap { get; init; }

    /// <summary>Watched files that have no path are searched for.</summary>
    /// <value>Default: false.</value>
    public bool ForceInodeMap { get; init; }

    /// <summary>Resources outside the tree in CRIU's notation, for example <c>mnt[/data]:data</c> or <c>net[4026531840]:extNetNs</c>.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>The network namespace is dumped empty; its content is set up by the caller at <c>setup-namespaces</c>.</summary>
    /// <value>Default: false.</value>
    public bool EmptyNetworkNamespace { get; init; }

    /// <summary>Mounts that are not part of the images, by mount point.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> SkipMounts { get; init; } = [];

    /// <summary>File systems that CRIU does not know but may treat as plain ones; <c>all</c> for every one.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> EnableFileSystems { get; init; } = [];

    /// <summary>Mounts and their sharing are recognised as external where possible.</summary>
    /// <value>Default: false.</value>
    public bool AutoExternalMounts { get; init; }

    /// <summary>The root directory of the tree in the mount namespace of CRIU, for containers.</summary>
    /// <value>Default: empty, found by CRIU.</value>
    public string Root { get; init; } = string.Empty;

    /// <summary>What is done about control groups.</summary>
    /// <value>Default: <see cref="CriuCgroupMode.CriuDefault"/>.</value>
    public CriuCgroupMode CgroupMode { get; init; } = CriuCgroupMode.CriuDefault;

    /// <summary>Where control groups are taken from or restored to.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<CriuCgroupRoot> CgroupRoots { get; init; } = [];

    /// <summary>How packets are kept away from connections.</summary>
    /// <value>Default: <see cref="CriuNetworkLock.CriuDefault"/>.</value>
    public CriuNetworkLock NetworkLock { get; init; } = CriuNetworkLock.CriuDefault;

    /// <summary>The security profile, in CRIU's notation, for example <c>apparmor:NAME</c>.</summary>
    /// <value>Default: empty, the dumped one.</value>
    public string LsmProfile { get; init; } = string.Empty;

    /// <summary>The LSM context that tmpfs mounts get. CRIU 3.16.</summary>
    /// <value>Default: empty.</value>
    public string LsmMountContext { get; init; } = string.Empty;

    /// <summary>Mounts are handled as before CRIU 3.17, for kernels without MOVE_MOUNT_SET_GROUP.</summary>
    /// <value>Default: false.</value>
    public bool MountCompatibilityMode { get; init; }

    /// <summary>CRIU runs with CAP_CHECKPOINT_RESTORE only. CRIU 3.18.</summary>
    /// <value>Default: false.</value>
    public bool Unprivileged { get; init; }

    /// <summary>The statistics are printed besides being written. CRIU 3.19.</summary>
    /// <value>Default: false.</value>
    public bool DisplayStatistics { get; init; }

    /// <summary>A CRIU configuration file for what has no option here; what it says overrides these options.</summary>
    /// <value>Default: empty.</value>
    public string ConfigurationFile { get; init; } = string.Empty;

    /// <summary>Options of CRIU that have none here, one line each as in its configuration files, for example <c>file-validation filesize</c>. They override these options.</summary>
    /// <value>Default: empty. They are written to a file of the work directory that CRIU reads; so <see cref="ConfigurationFile"/> has to be empty.</value>
    public IReadOnlyList<string> RawOptions { get; init; } = [];

    /// <summary>What a container runtime has asked for. What is set in these options counts more, lists are taken together, and its configuration file is not read.</summary>
    /// <value>Default: null.</value>
    public RuntimeRequest? Runtime { get; init; }

    /// <summary>What is wrong with a line of <see cref="RawOptions"/>.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The end of a sentence that begins with the line; null for nothing.</returns>
    public static string? ProblemOfRawOption(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return RawOption.ProblemOf(line);
    }

    internal string EffectiveWorkDirectory => WorkDirectory.Length == 0 ? ImagesDirectory : WorkDirectory;

    internal string LogPath => Path.Combine(EffectiveWorkDirectory, LogFile);

    internal string RawOptionsPath => Path.GetFullPath(LogPath + ".conf");

    internal void Validate()
    {
        var problems = new OptionProblems();
        problems.AddIf(string.IsNullOrWhiteSpace(ImagesDirectory), $"{nameof(ImagesDirectory)} is empty; name an existing directory");
        problems.AddIf(
            LogFile.Length == 0 || LogFile.Contains('/', StringComparison.Ordinal),
            $"{nameof(LogFile)} is '{LogFile}'; give a file name without a directory, and choose the directory by {nameof(WorkDirectory)}");
        problems.AddIf(!Enum.IsDefined(LogLevel), $"{nameof(LogLevel)} is {(int)LogLevel}; the range is 0 to 4");
        problems.AddIf(!Enum.IsDefined(NetworkLock), $"{nameof(NetworkLock)} is {(int)NetworkLock}, which is none of its values");
        problems.AddIf(!Enum.IsDefined(CgroupMode), $"{nameof(CgroupMode)} is {(int)CgroupMode}, which is none of its values");
        problems.AddIf(TcpEstablished && TcpClose, $"{nameof(TcpEstablished)} and {nameof(TcpClose)} exclude each other; choose one");
        problems.AddIf(
            RawOptions.Count > 0 && ConfigurationFile.Length > 0, $"{nameof(RawOptions)} and {nameof(ConfigurationFile)} exclude each other; put the lines into one of them");
        foreach (string line in RawOptions)
        {
            string? problem = RawOption.ProblemOf(line);
            problems.AddIf(problem is not null, $"{nameof(RawOptions)} has '{line}', {problem}");
        }

        Validate(problems);
        problems.ThrowIfAny(GetType().Name);
    }

    private protected abstract void Validate(OptionProblems problems);
}
