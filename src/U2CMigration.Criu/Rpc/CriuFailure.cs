using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Logs;
using U2CMigration.Criu.Protobuf.Rpc;

namespace U2CMigration.Criu.Rpc;

/// <summary>Words CRIU's failures: what failed, why as far as the log tells, and what became of the tasks.</summary>
internal static class CriuFailure
{
    private const string NoLog = "CRIU wrote no error to its log";

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
    internal static void ThrowIfFailed(RequestType type, Response response, string? logPath)
    {
        if (response.Success && (response.Type == type || type == RequestType.PageServerChld))
        {
            return;
        }

        string request = NameOf(type);
        string? tail = TailOf(logPath);
        int errno = response.CrErrno;
        string reason = errno switch
        {
            Errno.NoProcess => "there is no such process",
            Errno.Exists => "a process id or file that the images need is taken",
            0 => ReasonOf(tail) ?? NoLog,
            _ => Errno.Describe(errno),
        };
        throw new CriuException($"CRIU failed the request {request}: {reason}. {Outcome(type)}{LogHint(logPath)}", request, errno, tail);
    }

    /// <summary>CRIU ended without an answer.</summary>
    internal static CriuException Ended(RequestType type, int exitCode, string? logPath, RestoreProgress? restore, Exception? inner)
    {
        string request = NameOf(type);
        string? tail = TailOf(logPath);
        string end = exitCode > 128 ? $"was ended by signal {exitCode - 128}" : $"ended with exit code {exitCode}";
        string outcome = restore is { IsFinal: true }
            ? $"The restored tree (process {restore.RootProcessId}) was complete and may run; look at it before anything else, and do not restore it again."
            : Outcome(type);
        return new CriuException(
            $"CRIU {end} before it answered the request {request}: {ReasonOf(tail) ?? NoLog}. {outcome}{LogHint(logPath)}", request, 0, tail, inner);
    }

    private static string? TailOf(string? logPath) => logPath is null ? null : CriuLog.ReadErrors(logPath);

    private static string? ReasonOf(string? tail) => tail is null ? null : CriuLog.FirstError(tail);

    private static string LogHint(string? logPath) => logPath is null ? string.Empty : $" More in {logPath}.";

    private static string Outcome(RequestType type) => type switch
    {
        RequestType.Dump or RequestType.PreDump => "The tasks run on as before (unless their control group is frozen); the dump can be tried again in an empty directory.",
        RequestType.Restore => "No restored task is left; the images are unchanged and the restore can be tried again.",
        _ => "Nothing was touched.",
    };
}
