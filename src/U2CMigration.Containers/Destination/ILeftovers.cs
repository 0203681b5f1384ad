namespace U2CMigration.Containers.Destination;

/// <summary>What a runtime leaves of a restore that has come to nothing.</summary>
internal interface ILeftovers
{
    /// <summary>What to do where the runtime does not know a container that runs.</summary>
    string Remedy { get; }

    /// <summary>Removes it.</summary>
    /// <param name="controlGroups">The control groups of the container, as in <c>/proc/PID/cgroup</c>.</param>
    /// <param name="isOurs">Whether the container of this name is that of the migration; otherwise one that runs is left alone, as somebody else has made it.</param>
    Task RemoveAsync(IEnumerable<string> controlGroups, bool isOurs);
}
