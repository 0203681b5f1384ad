namespace U2CMigration.Core.Committing;

/// <summary>Where a source writes down the migrations whose outcome is open.</summary>
internal interface ISourceJournal
{
    /// <summary>Writes an entry. When it returns, it is there after a crash of this program and of the host.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(JournalEntry entry);

    /// <summary>Removes the entry of a migration that is settled.</summary>
    void Remove(Guid migrationId);

    /// <summary>Reads all entries.</summary>
    IReadOnlyList<JournalEntry> Read();
}
