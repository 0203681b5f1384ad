using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Logging;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Answers what the destination says and asks while it restores, until it holds the restored workload.</summary>
/// <param name="context">The migration.</param>
/// <param name="tracker">Knows the processes of the tree.</param>
/// <param name="sender">Sends what is missing.</param>
/// <param name="connection">The connection with the destination.</param>
/// <param name="dialogue">What the destination says.</param>
/// <param name="round">The number of the stop-and-copy round.</param>
/// <param name="objects">The pages of shared memory that the destination was told of.</param>
internal sealed class RestoreAnswers(
    SourceContext context, TreeTracker tracker, PageSender sender, MigrationConnection connection, SourceDialogue dialogue, int round, IReadOnlyList<PageRun> objects)
{
    private NamedPages? _named;
    private bool _hasLocks;
    private bool _hasOutcome;

    /// <summary>Acknowledgements that may still come: of the last round before the freeze, and of the round in it.</summary>
    private int _acksDue = 2;

    /// <summary>File locks that the destination gets only once the frozen tree is gone, for people.</summary>
    public IReadOnlyList<string> PendingLocks { get; private set; } = [];

    /// <summary>Answers what the destination still lacks. The images are the last word on which pages exist.</summary>
    /// <returns>What the destination says when it holds the workload.</returns>
    public async Task<Restored> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await dialogue.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                case Restored restored:
                    return restored;
                case MissingPages request:
                    await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
                    break;
                case LocksPending pending when !_hasLocks:
                    _hasLocks = true;
                    LockRelease.RefuseIfOthersWait(context);
                    PendingLocks = pending.Locks;
                    break;
                case CarriedOutcome outcome when !_hasOutcome:
                    _hasOutcome = true;
                    LostProtections.Note(outcome, context.Options.AllowLosingProtections, context.Notes);
                    break;
                case RoundAck when _acksDue-- > 0:
                    break;
                case { } other:
                    // Each of these once, or a destination could keep the workload frozen by repeating itself.
                    throw SourceDialogue.Unexpected(nameof(Restored), other);
            }
        }
    }

    private async Task AnswerAsync(MissingPages request, CancellationToken cancellationToken)
    {
        _named ??= await Task.Run(Name, cancellationToken).ConfigureAwait(false);
        PageSet? missing = _named.Take(request);
        foreach (PageRun run in request.Runs)
        {
            sender.ForgetSent(run);
        }

        if (missing is null)
        {
            return;
        }

        context.Logger.MissingPagesSent(missing.PageCount);
        long sentBefore = sender.SentPages;
        await sender.SendAsync(missing, null, null, cancellationToken).ConfigureAwait(false);
        await connection.SendAsync(new RoundEnd(round, sender.SentPages - sentBefore, 0), cancellationToken).ConfigureAwait(false);
        _acksDue++;
    }

    private NamedPages Name() => new(
        new ImageDirectory(context.ImagesDirectory), tracker.Processes.ProcessIds.Select(processId => (context.Numbers.InImages(processId), processId)), objects);
}
