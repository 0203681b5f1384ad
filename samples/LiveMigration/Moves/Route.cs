using LiveMigration.Rig;

namespace LiveMigration.Moves;

/// <summary>What moves from where to where.</summary>
/// <param name="From">The host it runs on.</param>
/// <param name="To">The host it moves to.</param>
/// <param name="ProcessId">The workload, as the source numbers it.</param>
/// <param name="Cgroup">The workload's cgroup directory, on both hosts.</param>
public sealed record Route(Host From, Host To, int ProcessId, string Cgroup);
