using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Turns what went wrong before the commit into what the caller and the destination need to know.</summary>
internal static class SourceFailure
{
    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The exception for the caller; called once the workload runs again.</summary>
    public static Exception Translate(
        Exception cause, SourceDialogue? dialogue, MigrationPhase phase, SourceContext context, CancellationToken cancellationToken)
    {
        if (cause is OperationCanceledException && !cancellationToken.IsCancellationRequested && dialogue?.Failure is { } ended)
        {
            cause = ended;
        }

        WorkloadState workload = WorkloadStateNow(context.Target.RootProcessId);
        return cause switch
        {
            MigrationException => cause,
            OperationCanceledException when cancellationToken.IsCancellationRequested =>
                new OperationCanceledException(CancelledMessage(workload), cause, cancellationToken),
            _ when workload == WorkloadState.Gone => new MigrationException(
                $"Process {context.Target.RootProcessId} ended by itself, and so ended the migration.", phase, workload, isTransient: false, cause),
            OperationCanceledException => new MigrationException(
                $"The workload was frozen for {context.Options.FreezeTimeout.TotalSeconds:0.#} s without reaching the commit, which is the limit.", phase, workload, isTransient: true, cause),
            DestinationRefusedException refused => new MigrationException(
                cause.Message, phase, workload, refused.Reason is RefusalReason.Busy or RefusalReason.ProcessIdInUse or RefusalReason.OutOfMemory, cause),
            DestinationAbortedException aborted => new MigrationException(
                cause.Message, phase, workload, aborted.Code is AbortCode.Timeout or AbortCode.Cancelled or AbortCode.OutOfMemory, cause),
            TransportException transport => new MigrationException(cause.Message, phase, workload, transport.IsTransient, cause),
            CriuException or PageTrackingException or MigrationProtocolException or IOException or UnauthorizedAccessException =>
                new MigrationException(cause.Message, phase, workload, isTransient: false, cause),
            _ => new MigrationException($"An unexpected error: {cause.Message}", phase, workload, isTransient: false, cause),
        };
    }

    /// <summary>Tells the destination, if it can still be told, so that it need not wait for a timeout.</summary>
    public static async Task TellDestinationAsync(MigrationConnection? connection, Exception cause, SourceContext context)
    {
        if (connection is null || cause is TransportException or DestinationAbortedException or DestinationRefusedException)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(TellTimeout);
        try
        {
            AbortCode code = cause is OperationCanceledException ? AbortCode.Cancelled : AbortCode.SourceFailed;
            string sentence = cause is OperationCanceledException ? "The migration was cancelled on the source." : Shorten(cause.Message);
            await connection.SendAsync(new Abort(code, sentence), timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TransportException or OperationCanceledException or ObjectDisposedException)
        {
            context.Logger.UndoFailed(e, "telling the destination");
        }
    }

    private static string CancelledMessage(WorkloadState workload) => workload == WorkloadState.Gone
        ? "The migration was cancelled; the workload has ended by itself."
        : "The migration was cancelled. The workload runs on the source as before; a retry may succeed.";

    private static string Shorten(string message) => message.Length <= 1000 ? message : message[..1000];

    private static WorkloadState WorkloadStateNow(int rootProcessId) =>
        ProcessTree.TryReadStat(rootProcessId, out ProcessStat stat) && !stat.HasEnded ? WorkloadState.Running : WorkloadState.Gone;
}
