using U2CMigration.Core.Inventory;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source.Verification;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>What follows once the workload runs on the destination: compare, kill the frozen copy, hear how the filling went.</summary>
internal sealed class SourceRelease(SourceContext context, IPageTracker tracker, MigrationConnection connection, SourceDialogue dialogue, FrozenTree tree, long heldPages)
{
    public VerificationReport? Verification { get; private set; }

    public FillReport? Fill { get; private set; }

    /// <summary>From attaching the tracker until the source was released.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Compares with the destination, if asked and not done yet; afterwards the frozen copy may go.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (context.Options.Verify && !tree.IsKilled)
            {
                Verification = await new SourceVerification(context, tracker, connection, dialogue).RunAsync(heldPages, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is TransportException or OperationCanceledException or MigrationProtocolException or IOException)
        {
            context.Warnings.Add($"The comparison with the destination did not complete: {e.Message}");
        }
    }

    /// <summary>Has the owner of the tree forget it, which has ended here.</summary>
    public static async Task RemoveFromOwnerAsync(SourceContext context)
    {
        if (await context.Target.Owner.RemoveAsync(CancellationToken.None).ConfigureAwait(false) is { } left)
        {
            context.Warnings.Add(left);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await VerifyAsync(cancellationToken).ConfigureAwait(false);

        // Whatever happened to the connection: the destination has confirmed that it runs the workload, so the copy here must go.
        await tree.KillAsync().ConfigureAwait(false);
        await Task.Run(() => LocalConnections.EndPeers(context.Inventory.GivenUp, context.Logger), CancellationToken.None).ConfigureAwait(false);
        await RemoveFromOwnerAsync(context).ConfigureAwait(false);
        Duration = context.Clock.Elapsed;
        try
        {
            await connection.SendAsync(new Released(), cancellationToken).ConfigureAwait(false);
            FillDone done = await dialogue.ExpectAsync<FillDone>(cancellationToken).ConfigureAwait(false);
            Fill = new FillReport
            {
                Duration = done.Duration,
                PreinstalledPages = done.PagesBeforeResume,
                FirstTouches = done.TouchedPages,
                LongestTouch = done.LongestWait,
            };
        }
        catch (Exception e) when (e is TransportException or OperationCanceledException or MigrationProtocolException or DestinationAbortedException)
        {
            context.Warnings.Add($"The destination did not report the end of the filling: {e.Message}");
        }

        if (Verification is { PagesMismatched: > 0 } bad)
        {
            context.Logger.MemoryDiffers(context.MigrationId, bad.PagesMismatched);
            context.Warnings.Add(
                $"{bad.PagesMismatched} of {bad.PagesVerified} pages of the restored processes differ from those of the source: {string.Join(", ", bad.Mismatches)}. They run with wrong memory: restart the workload. This is a defect, please report it.");
        }

        foreach (string warning in context.Warnings)
        {
            context.Logger.Warning(warning);
        }
    }
}
