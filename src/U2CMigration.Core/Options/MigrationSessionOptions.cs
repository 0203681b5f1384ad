using System.Net;
using System.Net.Security;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Files;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Options;
using U2CMigration.Core.Trust;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Codec;

namespace U2CMigration.Core.Sessions;

/// <summary>The options of a <c>MigrationSession</c>. Only <see cref="Destination"/> has to be set.</summary>
public sealed record MigrationSessionOptions
{
    internal const string DefaultWorkDirectory = "/run/u2cmigration";

    /// <summary>The endpoint on which the destination's <c>MigrationReceiver</c> listens.</summary>
    public required EndPoint Destination { get; init; }

    /// <summary>Makes the strategy of one migration.</summary>
    /// <value>Default: the strategy named <see cref="MigrationStrategies.DefaultName"/>.</value>
    public Func<IMigrationStrategy> Strategy { get; init; } = static () => MigrationStrategies.Create(MigrationStrategies.DefaultName);

    /// <summary>The way to find dirty pages.</summary>
    /// <value>Default: <see cref="TrackerKind.Auto"/>.</value>
    public TrackerKind Tracker { get; init; } = TrackerKind.Auto;

    /// <summary>Whether pages travel as differences, references and compressed.</summary>
    /// <value>Default: as the strategy wants.</value>
    public PageCodecOptions Codec { get; init; } = new();

    /// <summary>How CRIU is called on the source.</summary>
    public CriuSettings Criu { get; init; } = new();

    /// <summary>What of the workload may be given up because it leads to processes that do not move. What is given up is named in <c>MigrationResult.GivenUp</c>.</summary>
    /// <value>Default: <see cref="GiveUp.None"/>: a workload that has such a thing is refused before anything is touched.</value>
    public GiveUp GivesUp { get; init; } = GiveUp.None;

    /// <summary>Moves the workload's network address. Without it, CRIU locks the connections and the address is the caller's business.</summary>
    /// <value>Default: null.</value>
    public ISourceNetwork? Network { get; init; }

    /// <summary>
    /// Carries files of the workload along, in step with the rounds of its memory: called for each round while the workload runs, and once in the freeze. For callers with a replication of their own; containers have
    /// one (<c>ContainerOptions</c>). The receiver needs the other half, <see cref="Receiving.MigrationReceiverOptions.FilesInStep"/>.
    /// </summary>
    /// <value>Default: null.</value>
    public ISourceFiles? FilesInStep { get; init; }

    /// <summary>The most bytes per second to send; 0 for no limit.</summary>
    /// <value>Default: 0.</value>
    public long MaxBytesPerSecond { get; init; }

    /// <summary>The most rounds before the workload is stopped, whatever the strategy says; at least 1. Strategies that work in slices of time have up to twenty a second.</summary>
    /// <value>Default: no limit but <see cref="MaxDuration"/>.</value>
    public int MaxRounds { get; init; } = int.MaxValue;

    /// <summary>The longest time for which the workload is watched before anything is sent, where a strategy wants that; zero for not at all.</summary>
    /// <value>Default: 3 s.</value>
    public TimeSpan MaxObservation { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The longest time that rounds may take before the workload is stopped, whatever the strategy says.</summary>
    /// <value>Default: 10 minutes.</value>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest downtime that is accepted, as far as it can be told before the stop. See <see cref="WhenNotConverging"/> for what happens when it cannot be kept.</summary>
    /// <value>Default: <see cref="Timeout.InfiniteTimeSpan"/>, no limit: the strategy stops where it expects the downtime to be shortest.</value>
    public TimeSpan DowntimeLimit { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>What happens when the downtime cannot be brought below <see cref="DowntimeLimit"/>, or the rounds do not end within <see cref="MaxDuration"/>.</summary>
    /// <value>Default: <see cref="NonConvergence.StopAnyway"/>.</value>
    public NonConvergence WhenNotConverging { get; init; } = NonConvergence.StopAnyway;

    /// <summary>
    /// Whether every page of the frozen source is compared with the restored processes before the source is released. A sample of all mappings is compared before the commit, so that
    /// the workload runs on here where it differs; the downtime grows by the time in which the destination reads it, at most 17 MiB. Everything is compared after the resume.
    /// </summary>
    /// <value>Default: false.</value>
    public bool Verify { get; init; }

    /// <summary>
    /// Whether <see cref="Verify"/> compares every page before the commit. All memory is then installed and read while the workload is down, so that the downtime grows with it.
    /// </summary>
    /// <value>Default: false.</value>
    public bool VerifyBeforeCommit { get; init; }

    /// <summary>
    /// Whether the workload may be less confined at the destination than it is here, where a protection of it cannot be kept: a Landlock sandbox, encryption of a connection by the kernel. The
    /// result names what was lost. Otherwise such a workload is refused before anything is touched.
    /// </summary>
    /// <value>Default: false.</value>
    public bool AllowLosingProtections { get; init; }

    /// <summary>
    /// Whether the processors of the destination may lack instructions that those of this host have. A program that found them here when it began uses them there and ends with SIGILL. The
    /// result names what is missing. Otherwise the destination refuses such a workload before anything is touched.
    /// </summary>
    /// <value>Default: false.</value>
    public bool AllowMissingProcessorFeatures { get; init; }

    /// <summary>The directory for CRIU's images and for what <see cref="MigrationSession.FindInterrupted"/> finds; should be on a tmpfs, as writing it is part of the downtime, and the same in each session.</summary>
    /// <value>Default: <c>/run/u2cmigration</c>.</value>
    public string WorkDirectory { get; init; } = DefaultWorkDirectory;

    /// <summary>The longest wait for the connection to the destination.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that the workload may stay frozen before the commit point; then the migration is rolled back.</summary>
    /// <value>Default: 30 s.</value>
    public TimeSpan FreezeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that the destination may say nothing while the workload is frozen; then it counts as lost, and the workload is let run again or, after the commit, the destination is asked.</summary>
    /// <value>Above a second, looked at every second. Default: 5 s. While the workload runs it is 15 s.</value>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait for the destination's word after the commit; then the migration is in doubt and has to be settled.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Encrypts and authenticates the connection by TLS 1.3 when set. The certificate of the destination must have the name that it is called by, and the role of a destination
    /// (<c>urn:u2cmigration:destination</c>, an alternative name) or a name of <see cref="AllowedPeers"/>.
    /// </summary>
    /// <value>Default: null. Then only a destination on loopback is taken, unless <see cref="Secret"/> or <see cref="AllowUnauthenticated"/> is set.</value>
    public SslClientAuthenticationOptions? Credentials { get; init; }

    /// <summary>The names (alternative names, common names, subjects or URIs in certificates) of the hosts that may take the workload, instead of those with the role of a destination.</summary>
    /// <value>Default: none, the role decides.</value>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>A secret for this migration that the destination was told to expect. Without <see cref="Credentials"/> the connection is encrypted all the same, and the proof is bound to it.</summary>
    /// <value>Default: null.</value>
    public MigrationSecret? Secret { get; init; }

    /// <summary>Whether a destination is taken that does not prove who it is, over a connection that others can read: it gets the memory of the workload. For closed networks and tests.</summary>
    /// <value>Default: false.</value>
    public bool AllowUnauthenticated { get; init; }

    internal void Validate()
    {
        var problems = new List<string>();
        foreach ((string name, object? value) in (ReadOnlySpan<(string, object?)>)
            [(nameof(Destination), Destination), (nameof(Strategy), Strategy), (nameof(Codec), Codec), (nameof(Criu), Criu), (nameof(WorkDirectory), WorkDirectory), (nameof(AllowedPeers), AllowedPeers)])
        {
            if (value is null)
            {
                problems.Add($"{name} is null; set it, or leave it at its default.");
            }
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }

        if (!Enum.IsDefined(Tracker))
        {
            problems.Add($"{nameof(Tracker)} is {Tracker}; use {string.Join(", ", Enum.GetNames<TrackerKind>())}.");
        }

        if (MaxBytesPerSecond < 0)
        {
            problems.Add($"{nameof(MaxBytesPerSecond)} is {MaxBytesPerSecond}; it must be 0 (no limit) or more.");
        }

        if (MaxRounds < 1)
        {
            problems.Add($"{nameof(MaxRounds)} is {MaxRounds}; it must be at least 1.");
        }

        if (DowntimeLimit <= TimeSpan.Zero && DowntimeLimit != Timeout.InfiniteTimeSpan)
        {
            problems.Add($"{nameof(DowntimeLimit)} is {DowntimeLimit}; it must be above zero, or Timeout.InfiniteTimeSpan for no limit.");
        }

        if (VerifyBeforeCommit && !Verify)
        {
            problems.Add($"{nameof(VerifyBeforeCommit)} is set and {nameof(Verify)} is not; set both.");
        }

        if (!Enum.IsDefined(WhenNotConverging))
        {
            problems.Add($"{nameof(WhenNotConverging)} is {WhenNotConverging}; use {nameof(NonConvergence.StopAnyway)}, {nameof(NonConvergence.Throttle)} or {nameof(NonConvergence.GiveUp)}.");
        }

        if ((GivesUp & ~Enum.GetValues<GiveUp>().Aggregate(static (all, one) => all | one)) != 0)
        {
            problems.Add($"{nameof(GivesUp)} is {(int)GivesUp}; use values of {nameof(GiveUp)}: {string.Join(", ", Enum.GetNames<GiveUp>())}.");
        }

        if (MaxObservation < TimeSpan.Zero)
        {
            problems.Add($"{nameof(MaxObservation)} is {MaxObservation}; it must be zero or more.");
        }

        foreach ((string name, TimeSpan value) in (ReadOnlySpan<(string, TimeSpan)>)
            [(nameof(MaxDuration), MaxDuration), (nameof(ConnectTimeout), ConnectTimeout), (nameof(FreezeTimeout), FreezeTimeout), (nameof(CommitTimeout), CommitTimeout)])
        {
            if (value <= TimeSpan.Zero)
            {
                problems.Add($"{name} is {value}; it must be above zero.");
            }
        }

        if (SilenceTimeout <= new MigrationConnectionOptions().KeepAliveInterval)
        {
            problems.Add($"{nameof(SilenceTimeout)} is {SilenceTimeout}; it must be above {new MigrationConnectionOptions().KeepAliveInterval}, the interval at which a destination that is at work says that it is there.");
        }

        if (!Path.IsPathFullyQualified(WorkDirectory))
        {
            problems.Add($"{nameof(WorkDirectory)} is '{WorkDirectory}'; it must be an absolute path.");
        }

        problems.AddRange(CriuSettingsCheck.OnSource(Criu));
        problems.AddRange(LockedByDefault.Problems(this));

        problems.AddRange(Codec.Problems().Select(static problem => $"{nameof(Codec)}.{problem}"));
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }
    }
}
