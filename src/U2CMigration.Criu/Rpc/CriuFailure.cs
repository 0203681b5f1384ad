using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Logs;
using U2CMigration.Criu.Protobuf.Rpc;

namespace U2CMigration.Criu.Rpc;

/// <summary>Words CRIU's failures: what failed, why as far as CRIU tells, and what became of the tasks.</summary>
internal static class CriuFailure
{
    private const string NoLog = "CRIU did not say why";

    internal static string NameOf(RequestType type) => type switch
    {
        RequestType.PreDump => "PRE_DUMP",
        RequestType.FeatureCheck => "FEATURE_CHECK",
        RequestType.PageServer => "PAGE_SERVER",
        RequestType.PageServerChld => "PAGE_SERVER_CHLD",
        RequestType.WaitPid => "WAIT_PID",
        _ => type.ToString().ToUpperInvariant(),
    };

    /// <summary>CRIU answered: throws when it did so with a failure or out of order.</summary>
    /// <param name="type">What it was asked.</param>
    /// <param name="response">What it answered.</param>
    /// <param name="logPath">Its log, null where the request has none.</param>
    /// <param name="words">What it wrote to its standard error, which is all there is as long as it has no log.</param>
    internal static void ThrowIfFailed(RequestType type, Response response, string? logPath, string? words)
    {
        if (response.Success && (response.Type == type || type == RequestType.PageServerChld))
        {
            return;
        }

        string request = NameOf(type);
        string? tail = TailOf(logPath);
        ErrorLine? cause = CauseOf(tail) ?? CauseOf(words) ?? Message(LastLineOf(words)) ?? Message(response.CrErrmsg);
        int errno = response.CrErrno;
        string reason = errno switch
        {
            Errno.NoProcess => "there is no such process",
            Errno.Exists => "a process id or file that the images need is taken",
            0 => cause?.Text ?? NoLog,
            _ => cause?.Text ?? Errno.Describe(errno),
        };
        throw new CriuException($"CRIU failed the request {request}{Place(cause)}: {reason}. {Outcome(type)}", request, errno, tail ?? words, cause: cause);
    }

    /// <summary>CRIU ended without an answer.</summary>
    internal static CriuException Ended(RequestType type, int exitCode, string? logPath, string? words, RestoreProgress? restore, Exception? inner)
    {
        string request = NameOf(type);
        string? tail = TailOf(logPath);
        ErrorLine? cause = CauseOf(tail) ?? CauseOf(words) ?? Message(LastLineOf(words));
        string end = exitCode > 128 ? $"was ended by signal {exitCode - 128}" : $"ended with exit code {exitCode}";
        string outcome = restore is { IsFinal: true }
            ? $"The restored tree (process {restore.RootProcessId}) was complete and may run; look at it before anything else, and do not restore it again."
            : Outcome(type);
        return new CriuException(
            $"CRIU {end} before it answered the request {request}{Place(cause)}: {cause?.Text ?? NoLog}. {outcome}", request, 0, tail ?? words, inner, cause, exitCode);
    }

    private static string? TailOf(string? logPath) => logPath is null ? null : CriuLog.ReadErrors(logPath);

    private static ErrorLine? CauseOf(string? text) => text is null ? null : CriuLog.Cause(text);

    private static ErrorLine? Message(string? text) => string.IsNullOrWhiteSpace(text) || ErrorLine.Parse(text) is not { IsSummary: false, IsHarmless: false } line ? null : line;

    private static string? LastLineOf(string? words) => words?.Split('\n')[^1];

    private static string Place(ErrorLine? cause) => cause is { ProcessId: > 0 } line ? $" at process {line.ProcessId}" : string.Empty;

    private static string Outcome(RequestType type) => type switch
    {
        RequestType.Dump or RequestType.PreDump => "The tasks run on as before (unless their control group is frozen); the dump can be tried again in an empty directory.",
        RequestType.Restore => "No restored task is left; the images are unchanged and the restore can be tried again.",
        _ => "Nothing was touched.",
    };
}
