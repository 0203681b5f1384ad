using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>
/// The source from the commit on: the original is ended only when the destination has written down that it runs the workload, and runs on only when the destination has written down that it never will.
/// </summary>
internal sealed class SourceCommit
{
    private readonly ISourceJournal _journal;
    private readonly JournalEntry _entry;
    private readonly IFrozenOriginal _original;

    private SourceCommit(ISourceJournal journal, JournalEntry entry, IFrozenOriginal original) => (_journal, _entry, _original) = (journal, entry, original);

    /// <summary>Passes the point from which on only the destination knows; the commit is sent after this.</summary>
    /// <exception cref="IOException">The journal cannot be written: nothing was committed. The same holds for whatever else is thrown; who has undone everything removes the entry.</exception>
    public static SourceCommit Begin(ISourceJournal journal, JournalEntry entry, IFrozenOriginal original)
    {
        // The journal first: an original that stays frozen without one could not be found again.
        journal.Write(entry);
        original.Insure();
        return new SourceCommit(journal, entry, original);
    }

    /// <summary>Continues one that another program has begun.</summary>
    public static SourceCommit Continue(ISourceJournal journal, JournalEntry entry, IFrozenOriginal original) => new(journal, entry, original);

    /// <summary>What follows from an answer of a destination.</summary>
    public DestinationVerdict Hear(State answer) => SettlementRule.Decide(_entry.Ledger, answer);

    /// <summary>Does what follows from a verdict that is final.</summary>
    public async Task SettleAsync(DestinationVerdict verdict)
    {
        switch (verdict)
        {
            case DestinationVerdict.Runs:
                await _original.KillAsync().ConfigureAwait(false);
                break;
            case DestinationVerdict.DoesNotRun:
                await _original.RollBackAsync().ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"Nothing follows from the verdict {verdict}.");
        }

        _journal.Remove(_entry.MigrationId);
    }
}
