using KeyValueProtocols;

namespace LiveMigration.Workloads;

/// <summary>A workload that can be asked for by name. All of them listen on every address of the host, as the service address comes and goes.</summary>
public sealed record KnownWorkload
{
    /// <summary>Its name on the command line and in reports.</summary>
    public required string Name { get; init; }

    public required int Port { get; init; }

    /// <summary>Operations per second when nothing else was asked for.</summary>
    public required int UsualRate { get; init; }

    /// <summary>What it does, as the end of a sentence; the rate stands before <c>per second</c>.</summary>
    public required string Operations { get; init; }

    /// <summary>How the client writes to it; null for a workload that works by itself and tells its progress.</summary>
    public IKeyValueProtocol? Protocol { get; init; }

    /// <summary>How much memory a key takes in a server whose memory the processes share, so that none of them tells its size; null where the process tells.</summary>
    public int? BytesPerKey { get; init; }

    /// <summary>A service with a client of its own; null where ours speaks to the workload.</summary>
    public ServiceScript? Service { get; init; }

    /// <summary>Whether the hosts need the layer of the testbed with the services.</summary>
    public bool IsService => BytesPerKey is not null || Service is not null;

    /// <summary>The command line that starts it.</summary>
    public required Func<SceneOptions, IReadOnlyList<string>> Command { get; init; }
}
