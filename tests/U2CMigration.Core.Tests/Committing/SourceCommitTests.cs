using U2CMigration.Core.Committing;

namespace U2CMigration.Core.Tests.Committing;

public sealed class SourceCommitTests
{
    private static readonly JournalEntry Entry = new() { MigrationId = Guid.NewGuid(), BootId = Guid.NewGuid(), RootProcessId = 7, StartTime = 1, Destination = "10.77.0.2:7600", Ledger = default };

    [Fact]
    public void Begin_OriginalCannotBeHeld_NothingWasCommittedAndNothingIsLeft()
    {
        var journal = new Journal();

        Action begin = () => SourceCommit.Begin(journal, Entry, new Original());

        begin.Should().Throw<UnauthorizedAccessException>();
        journal.Written.Should().Be(1);
        journal.Read().Should().BeEmpty("an entry would keep the workload from being sent again");
    }

    private sealed class Journal : ISourceJournal
    {
        private readonly List<JournalEntry> _entries = [];

        public int Written { get; private set; }

        public void Write(JournalEntry entry)
        {
            Written++;
            _entries.Add(entry);
        }

        public void Remove(Guid migrationId) => _entries.RemoveAll(entry => entry.MigrationId == migrationId);

        public IReadOnlyList<JournalEntry> Read() => _entries;
    }

    private sealed class Original : IFrozenOriginal
    {
        public void Insure() => throw new UnauthorizedAccessException();

        public Task RollBackAsync() => Task.CompletedTask;

        public Task KillAsync() => Task.CompletedTask;
    }
}
