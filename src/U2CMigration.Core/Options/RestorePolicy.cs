using U2CMigration.Core.Vocabulary;

namespace U2CMigration.Core.Receiving;

/// <summary>
/// What a workload may be that is restored on this host, no matter who sends it. It is held against CRIU's images before CRIU sees them; what an offer says of itself only lets a source know earlier.
/// </summary>
/// <remarks>
/// The default lets in any workload whose images say of each thread as whom it runs, and name each file by one plain path. The limits are about the workload as it arrives: what it may do afterwards it
/// may do as a user of this host. <c>docs/security.md</c> says what each of them can and cannot prove.
/// </remarks>
/// <example>Services of ordinary users, with the programs of the host:
/// <code>
/// Policy = new RestorePolicy { UserIds = [new IdRange(1000, 1999)], ExecutablePaths = ["/usr", "/opt/app"], RequireNoNewPrivileges = true }
/// </code>
/// </example>
public sealed record RestorePolicy
{
    /// <summary>
    /// The users of this host that processes may run as. A workload then gets nothing here that these users would not get: files that none of them may open are refused where <see cref="FilePaths"/> does not name
    /// them, <see cref="Capabilities"/> are none, and <see cref="GroupIds"/> the same numbers, unless they are set. In a user namespace all users that it has must be allowed, and its capabilities are its own.
    /// </summary>
    /// <value>Default: null, all.</value>
    public IReadOnlyList<IdRange>? UserIds { get; init; }

    /// <summary>The groups of this host that processes may be in.</summary>
    /// <value>Default: null, all; with <see cref="UserIds"/> the same numbers.</value>
    public IReadOnlyList<IdRange>? GroupIds { get; init; }

    /// <summary>
    /// The capabilities that processes may have or take up, as in capabilities(7): <c>net_bind_service</c>, also with <c>CAP_</c>. For processes of root that may still gain privileges their bounding set counts, too.
    /// </summary>
    /// <value>Default: null, all; with <see cref="UserIds"/> none.</value>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>The namespaces that a workload must have of its own, or be put into by <c>CriuSettings.JoinNamespaces</c>.</summary>
    /// <value>Default: none.</value>
    public RequiredNamespaces Namespaces { get; init; }

    /// <summary>Whether each thread must have given up gaining privileges by executing a program (no_new_privs, see prctl(2)): set-user-id programs then give it nothing.</summary>
    /// <value>Default: false.</value>
    public bool RequireNoNewPrivileges { get; init; }

    /// <summary>Whether the system calls of each thread must be filtered (seccomp(2)).</summary>
    /// <value>Default: false.</value>
    public bool RequireSeccomp { get; init; }

    /// <summary>The files and directories (with all that is below them) that programs and libraries may lie in: whatever is executed, or mapped to be. Links are followed first. For workloads that share the mounts of the host; others are refused.</summary>
    /// <value>Default: null, all.</value>
    public IReadOnlyList<string>? ExecutablePaths { get; init; }

    /// <summary>
    /// The files and directories (with all that is below them) that everything else may lie in that is open, mapped, or bound to. What is only read may also lie in <see cref="ExecutablePaths"/>; <c>/dev/null</c> and its like may always be open.
    /// Links are followed first. For workloads that share the mounts of the host; others are refused.
    /// </summary>
    /// <value>Default: null, all; with <see cref="UserIds"/> those that these users may open.</value>
    public IReadOnlyList<string>? FilePaths { get; init; }

    internal IEnumerable<string> Problems() =>
    [
        .. RangeProblems(nameof(UserIds), UserIds),
        .. RangeProblems(nameof(GroupIds), GroupIds),
        .. (Capabilities ?? []).Where(static name => CapabilityNames.NumberOf(name) is null).Select(static name => $"{nameof(RestorePolicy)}.{nameof(Capabilities)} has '{name}', which is no capability; use the names of capabilities(7), for example net_bind_service."),
        .. PathProblems(nameof(ExecutablePaths), ExecutablePaths),
        .. PathProblems(nameof(FilePaths), FilePaths),
    ];

    private static IEnumerable<string> RangeProblems(string name, IReadOnlyList<IdRange>? ranges) =>
        (ranges ?? []).Where(static range => range.Last < range.First).Select(range => $"{nameof(RestorePolicy)}.{name} has the range {range}, which is empty; write the lower number first.");

    private static IEnumerable<string> PathProblems(string name, IReadOnlyList<string>? paths) =>
        (paths ?? []).Where(static path => !Path.IsPathFullyQualified(path)).Select(path => $"{nameof(RestorePolicy)}.{name} has '{path}'; use absolute paths.");
}
