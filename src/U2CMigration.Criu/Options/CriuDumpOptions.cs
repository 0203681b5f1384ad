namespace U2CMigration.Criu.Options;

/// <summary>What to dump, and how.</summary>
public sealed record CriuDumpOptions : CriuTaskOptions
{
    internal static readonly TimeSpan DefaultFreezeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Creates options with CRIU's defaults.</summary>
    public CriuDumpOptions()
        : base("dump.log")
    {
    }

    /// <summary>The root of the tree to dump, as numbered in CRIU's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The tasks run on after the dump instead of being killed.</summary>
    /// <value>Default: false.</value>
    public bool LeaveRunning { get; init; }

    /// <summary>The tasks stay stopped (SIGSTOP) after the dump instead of being killed. CRIU 3.19.</summary>
    /// <value>Default: false.</value>
    public bool LeaveStopped { get; init; }

    /// <summary>Private memory is left out of the images and served later; use <see cref="Rpc.LazyDump"/>, which makes this safe.</summary>
    /// <value>Default: false.</value>
    public bool LazyPages { get; init; }

    /// <summary>The TCP port of CRIU's lazy server. It listens on every address of the network namespace.</summary>
    /// <value>Default: 0. Range: 1 to 65535 with <see cref="LazyPages"/>.</value>
    public int LazyPort { get; init; }

    /// <summary>Where pages are sent instead of being written to <see cref="CriuTaskOptions.ImagesDirectory"/>. Ignored by CRIU in a lazy dump.</summary>
    /// <value>Default: null, pages are written to files.</value>
    public CriuPageServer? PageServer { get; init; }

    /// <summary>The images of the round before, relative to the images directory.</summary>
    /// <value>Default: empty, a complete dump. Needs <see cref="TrackMemory"/>.</value>
    public string ParentImages { get; init; } = string.Empty;

    /// <summary>The soft-dirty bits are used and cleared, so that a later dump can leave out unchanged pages.</summary>
    /// <value>Default: false. Needs a kernel with CONFIG_MEM_SOFT_DIRTY.</value>
    public bool TrackMemory { get; init; }

    /// <summary>Pages that are newer than in the parent images are punched out of those.</summary>
    /// <value>Default: false.</value>
    public bool AutoDeduplicate { get; init; }

    /// <summary>How a pre-dump takes pages.</summary>
    /// <value>Default: <see cref="CriuPreDumpMode.Splice"/>.</value>
    public CriuPreDumpMode PreDumpMode { get; init; } = CriuPreDumpMode.Splice;

    /// <summary>The directory of a control group that holds exactly the tree; CRIU freezes it instead of chasing new tasks.</summary>
    /// <value>Default: empty. If the group is frozen already, CRIU leaves it frozen, and saves up to 100 ms of polling.</value>
    public string FreezeCgroup { get; init; } = string.Empty;

    /// <summary>The longest a freeze may take, in whole seconds.</summary>
    /// <value>Default: 10 seconds. Range: 1 second to 1 hour.</value>
    public TimeSpan FreezeTimeout { get; init; } = DefaultFreezeTimeout;

    /// <summary>The largest deleted file that is copied into the images, in bytes as it lies on the disk.</summary>
    /// <value>Default: 0, what CRIU's configuration files say (<see cref="Configuration.CriuConfiguration"/>), else 1 MiB. Range: 0 to 4 GiB - 1.</value>
    public long GhostFileLimitBytes { get; init; }

    /// <summary>Directories in which watched files are searched for that have no path (<see cref="CriuTaskOptions.ForceInodeMap"/>), besides those that CRIU searches by itself.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> InodeMapPaths { get; init; } = [];

    private protected override void Validate(OptionProblems problems)
    {
        problems.AddIf(ProcessId < 1, $"{nameof(ProcessId)} is {ProcessId}; give the id of a running process");
        problems.AddIf(LeaveRunning && LeaveStopped, $"{nameof(LeaveRunning)} and {nameof(LeaveStopped)} exclude each other; choose one");
        problems.AddIf(LazyPages && LazyPort is < 1 or > 65535, $"{nameof(LazyPort)} is {LazyPort}; the range is 1 to 65535");
        problems.AddIf(LazyPages && PageServer is not null, $"{nameof(PageServer)} is ignored by CRIU in a lazy dump; leave it out");
        problems.AddIf(LazyPages && LeaveRunning, $"{nameof(LeaveRunning)} contradicts {nameof(LazyPages)}: pages of running tasks change; leave one out");
        problems.AddIf(
            PageServer is { Descriptor: < 0 } server && (server.Address.Length == 0 || server.Port is < 1 or > 65535),
            $"{nameof(PageServer)} has neither a descriptor nor an address with a port from 1 to 65535");
        problems.AddIf(ParentImages.Length > 0 && !TrackMemory, $"{nameof(ParentImages)} is useless without {nameof(TrackMemory)}; set both");
        problems.AddIf(
            FreezeTimeout < TimeSpan.FromSeconds(1) || FreezeTimeout > TimeSpan.FromHours(1),
            $"{nameof(FreezeTimeout)} is {FreezeTimeout}; the range is 1 second to 1 hour");
        problems.AddIf(GhostFileLimitBytes is < 0 or > uint.MaxValue, $"{nameof(GhostFileLimitBytes)} is {GhostFileLimitBytes}; the range is 0 to {uint.MaxValue}");
    }
}
