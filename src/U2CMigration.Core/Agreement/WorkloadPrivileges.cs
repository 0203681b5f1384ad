namespace U2CMigration.Core.Agreement;

/// <summary>What a thread, or several alike, may do on a host. Numbers are those of the host.</summary>
/// <param name="Who">Who has them, as a sentence begins: <c>Process 4711 (redis-server)</c>.</param>
/// <param name="UserIds">The users that it runs as.</param>
/// <param name="GroupIds">The groups that it is in.</param>
/// <param name="Capabilities">The capabilities that it has or can take up; those of its bounding set where executing a program gives it them.</param>
/// <param name="HasNoNewPrivileges">Whether executing a program gives it nothing more.</param>
/// <param name="HasSeccompFilter">Whether its system calls are filtered.</param>
internal sealed record WorkloadPrivileges(string Who, IReadOnlyList<uint> UserIds, IReadOnlyList<uint> GroupIds, ulong Capabilities, bool HasNoNewPrivileges, bool HasSeccompFilter)
{
    /// <summary>The capabilities that count: executing any program gives root its bounding set, unless it has given that up.</summary>
    /// <param name="userIds">The users that it runs as, as its user namespace has them.</param>
    /// <param name="held">Those that it has, or can take up by itself.</param>
    /// <param name="bounding">Its bounding set.</param>
    /// <param name="hasNoNewPrivileges">Whether it has given that up.</param>
    public static ulong Count(IEnumerable<uint> userIds, ulong held, ulong bounding, bool hasNoNewPrivileges) => held | (!hasNoNewPrivileges && userIds.Contains(0U) ? bounding : 0);
}
