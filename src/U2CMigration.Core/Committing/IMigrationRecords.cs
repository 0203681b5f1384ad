namespace U2CMigration.Core.Committing;

/// <summary>Where records are kept.</summary>
internal interface IMigrationRecords
{
    /// <summary>Reads one; null where there is none.</summary>
    MigrationRecord? Read(Guid migrationId);

    /// <summary>Writes one. When it returns, it is there after a crash of this program and of the host; when it throws, what was there before is.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(Guid migrationId, MigrationRecord record);

    /// <summary>Keeps others from working on a migration for as long as the result lives; null while somebody else does.</summary>
    IDisposable? TryClaim(Guid migrationId);

    /// <summary>The migrations of which there is a record.</summary>
    IReadOnlyList<Guid> List();

    /// <summary>How long ago a record was written.</summary>
    TimeSpan AgeOf(Guid migrationId);

    /// <summary>Forgets one.</summary>
    void Remove(Guid migrationId);
}
