using U2CMigration.Core.Committing;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>The frozen tree of a source, and its journal: what was done with it.</summary>
internal sealed class MemoryOriginal : IFrozenOriginal, ISourceJournal
{
    private JournalEntry? _entry;

    public bool IsKilled { get; private set; }

    public bool RunsOn { get; private set; }

    public bool IsJournaled => _entry is not null;

    public void Insure()
    {
        if (_entry is null)
        {
            throw new WrongException("The original is held for good and no journal says so.");
        }
    }

    public Task RollBackAsync()
    {
        RunsOn = IsKilled ? throw new WrongException("A tree was thawed that is gone.") : true;
        return Task.CompletedTask;
    }

    public Task KillAsync()
    {
        IsKilled = RunsOn ? throw new WrongException("A tree was ended that runs on here.") : true;
        return Task.CompletedTask;
    }

    public void Write(JournalEntry entry) => _entry = entry;

    public void Remove(Guid migrationId) => _entry = IsKilled || RunsOn ? null : throw new WrongException("The journal was forgotten of a migration that is not settled.");

    public IReadOnlyList<JournalEntry> Read() => _entry is null ? [] : [_entry];
}
