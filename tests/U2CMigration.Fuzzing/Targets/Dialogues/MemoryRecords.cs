using U2CMigration.Core.Committing;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>The records of a destination, in memory, and trees of which there is nothing else.</summary>
internal sealed class MemoryRecords : IMigrationRecords, IRestoredTrees
{
    private readonly Dictionary<Guid, MigrationRecord> _records = [];
    private readonly HashSet<Guid> _claims = [];

    public static LedgerIdentity Identity { get; } = new(new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]), new Guid(3, 0, 0, new byte[8]));

    public MigrationRecord? Read(Guid migrationId)
    {
        lock (_records)
        {
            return _records.GetValueOrDefault(migrationId);
        }
    }

    public void Write(Guid migrationId, MigrationRecord record)
    {
        lock (_records)
        {
            if (_records.GetValueOrDefault(migrationId) is { IsFinal: true } before && before.State != record.State)
            {
                throw new InvalidOperationException($"A record went from {before.State} to {record.State}.");
            }

            _records[migrationId] = record;
        }
    }

    public IDisposable? TryClaim(Guid migrationId)
    {
        lock (_records)
        {
            return _claims.Add(migrationId) ? new Claim(this, migrationId) : null;
        }
    }

    public IReadOnlyList<Guid> List()
    {
        lock (_records)
        {
            return [.. _records.Keys];
        }
    }

    public TimeSpan AgeOf(Guid migrationId) => TimeSpan.Zero;

    public void Remove(Guid migrationId)
    {
        lock (_records)
        {
            _records.Remove(migrationId);
        }
    }

    /// <summary>Whether somebody works on a migration still.</summary>
    public bool HasClaims => _claims.Count > 0;

    public void Thaw(MigrationRecord record) => throw new InvalidOperationException("A tree was thawed that no one has left.");

    public void Kill(MigrationRecord record)
    {
    }

    public void CleanUp(MigrationRecord record)
    {
    }

    public bool IsAlive(MigrationRecord record) => false;

    private sealed class Claim(MemoryRecords all, Guid migrationId) : IDisposable
    {
        public void Dispose()
        {
            lock (all._records)
            {
                all._claims.Remove(migrationId);
            }
        }
    }
}
