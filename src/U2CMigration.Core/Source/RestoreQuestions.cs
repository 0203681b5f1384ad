using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Logging;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Answers a destination from the frozen tree.</summary>
/// <param name="context">The migration.</param>
/// <param name="tracker">Knows the processes of the tree.</param>
/// <param name="sender">Sends what is missing.</param>
/// <param name="connection">The connection with the destination.</param>
/// <param name="round">The number of the stop-and-copy round.</param>
/// <param name="objects">The pages of shared memory that the destination was told of.</param>
internal sealed class RestoreQuestions(SourceContext context, TreeTracker tracker, PageSender sender, MigrationConnection connection, int round, IReadOnlyList<PageRun> objects) : IRestoreQuestions
{
    private NamedPages? _named;

    public async Task<bool> AnswerAsync(MissingPages request, CancellationToken cancellationToken)
    {
        _named ??= await Task.Run(Name, cancellationToken).ConfigureAwait(false);
        PageSet? missing = _named.Take(request);
        foreach (PageRun run in request.Runs)
        {
            sender.ForgetSent(run);
        }

        if (missing is null)
        {
            return false;
        }

        context.Logger.MissingPagesSent(missing.PageCount);
        long sentBefore = sender.SentPages;
        await sender.SendAsync(missing, null, null, cancellationToken).ConfigureAwait(false);
        await connection.SendAsync(new RoundEnd(round, sender.SentPages - sentBefore, 0), cancellationToken).ConfigureAwait(false);
        return true;
    }

    public void Take(LocksPending pending) => LockRelease.RefuseIfOthersWait(context);

    public void Take(CarriedOutcome outcome) => LostProtections.Note(outcome, context.Options.AllowLosingProtections, context.Notes);

    private NamedPages Name() => new(
        new ImageDirectory(context.ImagesDirectory), tracker.Processes.ProcessIds.Select(processId => (context.Numbers.InImages(processId), processId)), objects);
}
