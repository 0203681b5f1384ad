using System.Diagnostics;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Results;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>The commit, and what gives way to it.</summary>
internal sealed partial class IncomingWorkload
{
    private async Task ExpectCommitAsync(CancellationToken cancellationToken)
    {
        switch (await _connection.ReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
            case Commit:
                return;
            case Abort abort:
                throw new SourceAbortedException(abort);
            case { } other:
                throw new MigrationProtocolException("a commit", other.Type.ToString());
        }
    }

    private async Task ResumeAsync()
    {
        if (_locks!.ArePending)
        {
            await TakeLocksAsync().ConfigureAwait(false);
        }

        long start = Stopwatch.GetTimestamp();
        if (!_tree.TryResume(NoteCommitted))
        {
            throw new OperationCanceledException("The source has asked to give the migration up.");
        }

        long resumedAt = Stopwatch.GetTimestamp();
        _objects.Keep();
        _context.Logger.WorkloadResumed(_context.MigrationId, _tree.RootProcessId);
        await _network.AwaitUsualAnnouncementAsync().ConfigureAwait(false);
        _resetting = _host.ResetPeersAsync(_carried.Waiting, _tree.RootProcessId);
        PhaseDuration[] phases = [new(PhaseNames.Resume, Stopwatch.GetElapsedTime(start, resumedAt)), new(PhaseNames.Announce, Stopwatch.GetElapsedTime(resumedAt))];
        try
        {
            await _connection.SendAsync(new Resumed(TimeProvider.System.GetUtcNow(), phases, resumedAt), CancellationToken.None).ConfigureAwait(false);
        }
        catch (TransportException e)
        {
            // The source will ask on a new connection; the ledger has the answer.
            _context.Logger.IncomingFailed(e, _connection.Peer);
        }

        _connection.IsAtWork = false;
        _turn.NoteThawed();
        _objects.LetGo();
        if (RestoreNeeds.Parse(_context.Offer.Requirements, out _).EndLocalConnections)
        {
            await _host.EndLocalConnectionsAsync(_context, _tree.RootProcessId).ConfigureAwait(false);
        }
    }

    private void NoteCommitted()
    {
        _runs = true;
        _files.Commit();
        _network.BeginAnnouncing();
    }

    /// <summary>What the frozen original holds is free once the source has ended it, which it does when the commit is written down.</summary>
    private async Task TakeLocksAsync()
    {
        if (!_turn.TryCommit())
        {
            throw new OperationCanceledException("The source has asked to give the migration up.");
        }

        await _locks!.TakePendingAsync().ConfigureAwait(false);
        await LetGoAsync().ConfigureAwait(false);
    }

    private void RecordAborted()
    {
        try
        {
            _turn.Abort();
        }
        catch (IOException e)
        {
            // An unfinished state that no one works on means the same; a full disk must not keep the source from being told.
            _context.Logger.UndoFailed(e, "the record of the migration");
        }
    }
}
