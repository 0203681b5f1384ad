namespace U2CMigration.Core.Sessions;

/// <summary>How CRIU is called. The defaults suit a service with network connections.</summary>
public sealed record CriuSettings
{
    /// <summary>The program.</summary>
    /// <value>Default: <c>criu</c>, found through PATH.</value>
    public string Path { get; init; } = "criu";

    /// <summary>A command put in front of the program, for example <c>nsenter --net=/run/netns/web --</c>.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Whether established TCP connections move along.</summary>
    /// <value>Default: true.</value>
    public bool TcpEstablished { get; init; } = true;

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

    /// <summary>Whether unix socket connections to processes outside the tree are tolerated (they are closed on the destination).</summary>
    /// <value>Default: false.</value>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>The detail of CRIU's log, 0 (errors only) to 4 (all).</summary>
    /// <value>Default: 2. More costs downtime.</value>
    public int LogLevel { get; init; } = 2;
}
