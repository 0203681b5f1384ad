using System.Net;
using System.Net.Security;
using U2CMigration.Core.Files;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Options;
using U2CMigration.Core.Owners;
using U2CMigration.Core.Sessions;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Receiving;

/// <summary>The options of a <c>MigrationReceiver</c>. Only <see cref="Listen"/> has to be set.</summary>
public sealed record MigrationReceiverOptions
{
    /// <summary>The endpoint to listen on; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Decides about each request of a peer that the other options let in, before anything is done for it: a migration, a check, and a question about a migration.</summary>
    /// <value>Default: everything is let in.</value>
    public Func<IncomingMigration, bool> Authorize { get; init; } = static _ => true;

    /// <summary>How CRIU is called on the destination.</summary>
    public CriuSettings Criu { get; init; } = new();

    /// <summary>Brings the workload's network address to this host.</summary>
    /// <value>Default: null.</value>
    public IDestinationNetwork? Network { get; init; }

    /// <summary>Who takes trees that have an owner on the source: the containers of a runtime, for example. One for each kind.</summary>
    /// <value>Default: empty: only process trees are taken.</value>
    public IReadOnlyList<ITreeHost> TreeHosts { get; init; } = [];

    /// <summary>Takes files that come with workloads whose sessions carry them (<see cref="Sessions.MigrationSessionOptions.FilesInStep"/>). Those of containers are taken by <see cref="TreeHosts"/>.</summary>
    /// <value>Default: null: such workloads are refused.</value>
    public IDestinationFiles? FilesInStep { get; init; }

    /// <summary>How pages are given to the restored processes.</summary>
    /// <value>Default: <see cref="RestoreMode.Auto"/>.</value>
    public RestoreMode RestoreMode { get; init; } = RestoreMode.Auto;

    /// <summary>The most bytes of memory that a workload may bring; 0 for what the host has available.</summary>
    /// <value>Default: 0.</value>
    public long MaxMemoryBytes { get; init; }

    /// <summary>The most migrations that come in at the same time; a source that is refused for it is told to try again. Checks and questions do not count.</summary>
    /// <value>At least 1. Default: 2.</value>
    public int MaxConcurrentMigrations { get; init; } = 2;

    /// <summary>The most bytes of CRIU's images that a workload may bring; 0 for as much as it has memory, and 256 MiB more.</summary>
    /// <value>Default: 0.</value>
    public long MaxImageBytes { get; init; }

    /// <summary>The longest time in which a source sends nothing of its migration, although it is there, before that is dropped; up to the commit point.</summary>
    /// <value>Above 1 s. Default: 5 minutes.</value>
    public TimeSpan ProgressTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A cgroup directory (version 1 freezer hierarchy or version 2) that the restored processes are put into; it must exist. They are frozen there until the commit: where others live in it,
    /// they get a group below.</summary>
    /// <value>Default: null, a group of their own, <c>u2cmigration/ID</c> below the root of the version 2 hierarchy, or of the version 1 freezer.</value>
    public string? CgroupDirectory { get; init; }

    /// <summary>The directory for CRIU's images; should be on a tmpfs, as writing it is part of the downtime.</summary>
    /// <value>Default: <c>/run/u2cmigration</c>.</value>
    public string WorkDirectory { get; init; } = "/run/u2cmigration";

    /// <summary>The longest silence of a source before its migration is dropped, up to the commit point.</summary>
    /// <value>Above 1 s. Default: 30 s.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Encrypts and authenticates connections by TLS 1.3 when set. Sources must have certificates (<see cref="SslServerAuthenticationOptions.ClientCertificateRequired"/>), which
    /// say by a role (<c>urn:u2cmigration:source</c>, an alternative name) or by <see cref="AllowedPeers"/> that they may send. <see cref="Transport.Security.CredentialFiles"/> makes them from files.
    /// </summary>
    /// <value>Default: null. Then it listens on loopback only, unless <see cref="RequireSecret"/> or <see cref="AllowUnauthenticated"/> is set.</value>
    public SslServerAuthenticationOptions? Credentials { get; init; }

    /// <summary>The names (alternative names, common names, subjects or URIs in certificates) of the hosts that may send, instead of those with the role of a source.</summary>
    /// <value>Default: none, the role decides.</value>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>
    /// Whether each migration must prove a secret that <see cref="MigrationReceiver.Expect"/> was given. Without <see cref="Credentials"/> the connection is encrypted all the same, with a certificate
    /// of this run that the proof is bound to.
    /// </summary>
    /// <value>Default: false.</value>
    public bool RequireSecret { get; init; }

    /// <summary>Whether everybody who reaches <see cref="Listen"/> may send, and so run code as root on this host. For closed networks and tests.</summary>
    /// <value>Default: false; without <see cref="Credentials"/> and <see cref="RequireSecret"/> only loopback can be listened on.</value>
    public bool AllowUnauthenticated { get; init; }

    /// <summary>What a workload may be that is restored here, no matter who sends it: users, capabilities, namespaces, programs, files.</summary>
    /// <value>Default: any workload whose images say of each thread as whom it runs.</value>
    public RestorePolicy Policy { get; init; } = new();

    internal MemoryFaults? Faults { get; init; }

    internal ITreeHost? HostOf(TreeDescription tree) => TreeHosts.FirstOrDefault(host => host.Kind == tree.Kind);

    private static TimeSpan LeastIdleTimeout => new MigrationConnectionOptions().KeepAliveInterval;

    internal void Validate()
    {
        var problems = new List<string>();
        foreach ((string name, object? value) in (ReadOnlySpan<(string, object?)>)[(nameof(Listen), Listen), (nameof(Authorize), Authorize), (nameof(Criu), Criu), (nameof(WorkDirectory), WorkDirectory), (nameof(AllowedPeers), AllowedPeers), (nameof(Policy), Policy)])
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

        if (!Enum.IsDefined(RestoreMode))
        {
            problems.Add($"{nameof(RestoreMode)} is {RestoreMode}; use {nameof(RestoreMode.Auto)}, {nameof(RestoreMode.FirstTouch)} or {nameof(RestoreMode.FlatImages)}.");
        }

        if (MaxMemoryBytes < 0)
        {
            problems.Add($"{nameof(MaxMemoryBytes)} is {MaxMemoryBytes}; it must be 0 (what is available) or more.");
        }

        if (MaxConcurrentMigrations < 1)
        {
            problems.Add($"{nameof(MaxConcurrentMigrations)} is {MaxConcurrentMigrations}; it must be at least 1.");
        }

        if (MaxImageBytes < 0)
        {
            problems.Add($"{nameof(MaxImageBytes)} is {MaxImageBytes}; it must be 0 (as much as the workload has memory, and 256 MiB) or more.");
        }

        if (ProgressTimeout <= LeastIdleTimeout)
        {
            problems.Add($"{nameof(ProgressTimeout)} is {ProgressTimeout}; it must be above {LeastIdleTimeout}.");
        }

        if (IdleTimeout <= LeastIdleTimeout)
        {
            problems.Add($"{nameof(IdleTimeout)} is {IdleTimeout}; it must be above {LeastIdleTimeout}, the interval at which a source that has nothing to send says that it is there.");
        }

        if (!Path.IsPathFullyQualified(WorkDirectory))
        {
            problems.Add($"{nameof(WorkDirectory)} is '{WorkDirectory}'; it must be an absolute path.");
        }

        if (CgroupDirectory is not null && !File.Exists(Path.Combine(CgroupDirectory, "cgroup.procs")))
        {
            problems.Add($"{nameof(CgroupDirectory)} is '{CgroupDirectory}', which is not a cgroup; create it first.");
        }

        problems.AddRange(CriuSettingsCheck.OnDestination(Criu));
        problems.AddRange(LockedByDefault.Problems(this));
        problems.AddRange(Policy.Problems());
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }
    }
}
