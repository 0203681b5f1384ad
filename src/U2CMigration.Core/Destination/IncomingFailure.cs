using System.Text.RegularExpressions;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.Logging;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Turns what went wrong on the destination into what its log and the source are told.</summary>
internal static class IncomingFailure
{
    private const string RestoreLog = "restore.log";
    private const string QuoteStart = " Its last lines: ";
    private const int QuotedLines = 4;

    /// <summary>The code, which decides whether the source recommends a retry, and the sentence. Keeps CRIU's log, so it has to come before the images go.</summary>
    public static (AbortCode Code, string Sentence) Describe(Exception cause, DestinationContext context)
    {
        string? log = KeptLogs.Keep(context.ImagesDirectory, RestoreLog, context.Logger);
        string hint = log is null ? string.Empty : $" CRIU's log is kept on the destination in {log}.";
        switch (cause)
        {
            case OperationCanceledException:
                return (CodeOf(cause), "The destination was stopped." + hint);
            case CriuException criu:
                string process = criu.ProcessId == 0 ? string.Empty : $"process {criu.ProcessId}";
                return (CodeOf(cause), CriuWords.Explain(criu, failed => failed.InImages > 0 ? process : null) + hint + Quote(criu));
            case IOException or UnauthorizedAccessException or ImageDamagedException or PageNotHeldException or PageStoreException
                or RestoreRefusedException or MemoryMismatchException or StalledSourceException or MigrationProtocolException or TransportException or SourceAbortedException:
                return (CodeOf(cause), cause.Message + hint);
            default:
                string? details = KeptLogs.Keep(context.ImagesDirectory, "defect", DefectWords.Details(cause, context.MigrationId, "the destination"), context.Logger);
                return (CodeOf(cause), DefectWords.Explain(cause, context.MigrationId, "the destination", details, LogEventIds.IncomingFailed) + hint);
        }
    }

    /// <summary>The sentence as the source gets it: without what the log of this host is for, its lines and where it lies.</summary>
    public static string ForPeer(string sentence, DestinationContext context)
    {
        int quoted = sentence.IndexOf(QuoteStart, StringComparison.Ordinal);
        string own = quoted < 0 ? sentence : sentence[..quoted];
        string directory = Regex.Escape(context.Options.WorkDirectory.TrimEnd('/'));
        own = Regex.Replace(own, $@" in {directory}/\S*\.log\.", ".", RegexOptions.NonBacktracking);
        return Regex.Replace(own, $@"{directory}(/[^\s'""]*)?", "the work directory of the destination", RegexOptions.NonBacktracking);
    }

    internal static AbortCode CodeOf(Exception cause) => cause switch
    {
        OperationCanceledException => AbortCode.Cancelled,
        CriuException criu => CriuWords.IsTransient(criu) ? AbortCode.RestoreMayWorkLater : AbortCode.RestoreFailed,
        RestoreRefusedException => AbortCode.RestoreFailed,
        ImageDamagedException or PageNotHeldException or MemoryMismatchException => AbortCode.DataMismatch,
        MigrationProtocolException => AbortCode.ProtocolViolation,
        StalledSourceException => AbortCode.Timeout,
        PageStoreException => AbortCode.OutOfMemory,
        _ => AbortCode.DestinationFailed,
    };

    /// <summary>What else the end of the log says: the source cannot read it there.</summary>
    private static string Quote(CriuException failure)
    {
        string[] lines =
        [
            .. (failure.LogTail?.Split('\n') ?? [])
                .Where(line => !line.Contains("RLIMIT_NOFILE", StringComparison.Ordinal) && !line.Contains("FAILED", StringComparison.Ordinal))
                .Where(line => failure.Cause is not { } cause || !line.Contains(cause, StringComparison.Ordinal))
                .TakeLast(QuotedLines)
                .Select(static line => line.Trim().TrimEnd('.')),
        ];
        return lines.Length == 0 ? string.Empty : $"{QuoteStart}{string.Join(" | ", lines)}.";
    }
}
