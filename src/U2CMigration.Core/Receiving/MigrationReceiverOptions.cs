using System.Net;
using System.Net.Security;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Sessions;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Receiving;

/// <summary>The options of a <c>MigrationReceiver</c>. Only <see cref="Listen"/> has to be set.</summary>
public sealed record MigrationReceiverOptions
{
    /// <summary>The endpoint to listen on; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Decides whether an offered migration is let in; it sees the offer before anything is done for it.</summary>
    /// <value>Default: everything is let in. Use it together with <see cref="Credentials"/> wherever others can reach the port.</value>
    public Func<IncomingMigration, bool> Authorize { get; init; } = static _ => true;

    /// <summary>How CRIU is called on the destination.</summary>
    public CriuSettings Criu { get; init; } = new();

    /// <summary>Brings the workload's network address to this host.</summary>
    /// <value>Default: null.</value>
    public IDestinationNetwork? Network { get; init; }

    /// <summary>How pages are given to the restored processes.</summary>
    /// <value>Default: <see cref="RestoreMode.Auto"/>.</value>
    public RestoreMode RestoreMode { get; init; } = RestoreMode.Auto;

    /// <summary>The most bytes of memory that a workload may bring; 0 for what the host has available.</summary>
    /// <value>Default: 0.</value>
    public long MaxMemoryBytes { get; init; }

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

    /// <summary>Encrypts and authenticates connections by TLS when set.</summary>
    /// <value>Default: null, plain TCP.</value>
    public SslServerAuthenticationOptions? Credentials { get; init; }

    internal MemoryFaults? Faults { get; init; }

    private static TimeSpan LeastIdleTimeout => new MigrationConnectionOptions().KeepAliveInterval;

    internal void Validate()
    {
        var problems = new List<string>();
        foreach ((string name, object? value) in (ReadOnlySpan<(string, object?)>)[(nameof(Listen), Listen), (nameof(Authorize), Authorize), (nameof(Criu), Criu), (nameof(WorkDirectory), WorkDirectory)])
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
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }
    }
}
