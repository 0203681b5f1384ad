using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.PageTracking;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Turns what went wrong before the commit into what the caller and the destination need to know.</summary>
internal static class SourceFailure
{
    private const string DumpLog = "dump.log";

    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The exception for the caller; called once the workload runs again, while the images are still there.</summary>
    public static async Task<Exception> TranslateAsync(
        Exception cause, SourceDialogue? dialogue, MigrationPhase phase, SourceContext context, CancellationToken cancellationToken)
    {
        if (cause is OperationCanceledException && !cancellationToken.IsCancellationRequested && dialogue?.Failure is { } ended)
        {
            cause = ended;
        }

        WorkloadState workload = await WorkloadAfterThaw.StateAsync(context.Target.RootProcessId).ConfigureAwait(false);
        if (cause is MigrationException)
        {
            return cause;
        }

        if (cause is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException(CancelledMessage(workload), cause, cancellationToken);
        }

        if (workload == WorkloadState.Gone)
        {
            return new MigrationException($"Process {context.Target.RootProcessId} ended by itself, and so ended the migration.", phase, workload, isTransient: false, cause);
        }

        string? log = KeptLogs.Keep(context.ImagesDirectory, DumpLog, context.Logger);
        (string sentence, bool isTransient) = Describe(cause, phase, context, log);
        if (cause is MigrationProtocolException && dialogue is not null)
        {
            // Without a dialogue it is something else that listens there, or another release.
            context.Logger.DestinationBrokeProtocol(context.MigrationId, context.Options.Destination.ToString() ?? string.Empty, cause.Message);
            sentence = $"The destination broke the protocol, and was given nothing for it. {sentence}";
        }

        return new MigrationException(sentence, phase, workload, isTransient, cause);
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

    private static (string Sentence, bool IsTransient) Describe(Exception cause, MigrationPhase phase, SourceContext context, string? log)
    {
        switch (cause)
        {
            case OperationCanceledException:
                // It was slow, or something stood still: another attempt would cost as much downtime again.
                return ($"The workload was frozen for {context.Options.FreezeTimeout.TotalSeconds:0.#} s without reaching the commit, which is the limit ({nameof(MigrationSessionOptions.FreezeTimeout)}; agent: --freeze-timeout-s). {StandstillOf(phase)}{Hint(log)}", false);
            case DestinationRefusedException refused:
                return (cause.Message, refused.Reason is RefusalReason.Busy or RefusalReason.ProcessIdInUse or RefusalReason.OutOfMemory);
            case DestinationAbortedException aborted:
                return (cause.Message, aborted.Code is AbortCode.Timeout or AbortCode.Cancelled or AbortCode.OutOfMemory or AbortCode.RestoreMayWorkLater);
            case TransportException transport:
                return (cause.Message, transport.IsTransient);
            case CriuException criu:
                string said = CriuWords.Explain(criu, failed => WorkloadProcesses.NameOf(failed, context.Target.RootProcessId, context.Numbers));
                return (said + Hint(log), CriuWords.IsTransient(criu));
            case PageTrackingException or MigrationProtocolException or IOException or UnauthorizedAccessException:
                return (cause.Message, false);
            default:
                string place = $"phase {phase}";
                string? details = KeptLogs.Keep(context.ImagesDirectory, "defect", DefectWords.Details(cause, context.MigrationId, place), context.Logger);
                return (DefectWords.Explain(cause, context.MigrationId, place, details, LogEventIds.RolledBack) + Hint(log), false);
        }
    }

    private static string StandstillOf(MigrationPhase phase) => phase == MigrationPhase.Restoring
        ? "The destination had everything and did not finish the restore: something that the workload holds here may be waited for there; the receiver's log names CRIU's log."
        : "Its memory or state did not get across in that time: give more bandwidth, a lower DowntimeLimit with WhenNotConverging, or a higher limit.";

    private static string Hint(string? log) => log is null ? string.Empty : $" CRIU's log is kept in {log}.";

    private static string CancelledMessage(WorkloadState workload) => workload == WorkloadState.Gone
        ? "The migration was cancelled; the workload has ended by itself."
        : "The migration was cancelled. The workload runs on the source as before; a retry may succeed.";

    private static string Shorten(string message) => message.Length <= 1000 ? message : message[..1000];
}
