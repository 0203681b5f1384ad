using U2CMigration.Core.Committing;

namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>Records that outlive the simulated programs; the disk is full now and then.</summary>
internal sealed class MemoryRecords(World world) : IMigrationRecords
{
    private readonly Dictionary<Guid, MigrationRecord> _records = [];
    private readonly HashSet<Guid> _claims = [];

    public MigrationRecord? Read(Guid migrationId) => _records.GetValueOrDefault(migrationId);

    public void Write(Guid migrationId, MigrationRecord record)
    {
        if (world.Chance(0.03))
        {
            world.Note("the destination's disk is full");
            throw new IOException("No space left on device.");
        }

        world.Act($"recorded {record.State}{(record.IsThawed ? ", thawed" : "")}", () => _records[migrationId] = record);
    }

    public IDisposable? TryClaim(Guid migrationId) => _claims.Add(migrationId) ? new Claim(_claims, migrationId) : null;

    public IReadOnlyList<Guid> List() => [.. _records.Keys];

    public TimeSpan AgeOf(Guid migrationId) => TimeSpan.Zero;

    public void Remove(Guid migrationId) => _records.Remove(migrationId);

    /// <summary>The kernel lets go of what a dead program had locked.</summary>
    public void ReleaseClaims() => _claims.Clear();

    private sealed class Claim(HashSet<Guid> claims, Guid migrationId) : IDisposable
    {
        public void Dispose() => claims.Remove(migrationId);
    }
}
