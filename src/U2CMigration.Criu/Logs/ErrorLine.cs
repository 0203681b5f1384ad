using System.Globalization;
using System.Text.RegularExpressions;

namespace U2CMigration.Criu.Logs;

/// <summary>An error in CRIU's log.</summary>
/// <param name="Text">What it says, without time, source position and the full stop.</param>
/// <param name="ProcessId">The process that CRIU worked on, as numbered in the images; 0 when the line does not say.</param>
internal readonly partial record struct ErrorLine(string Text, int ProcessId)
{
    /// <summary>Whether the line only says that the whole has failed, which follows on every error.</summary>
    internal bool IsSummary => Text is "Dumping FAILED" or "Pre-dumping FAILED" or "Restoring FAILED" or "Restoring FAILED, but it's OK";

    /// <summary>Whether it is no reason to fail: CRIU wants more descriptors than a process without CAP_SYS_RESOURCE may have, says so as an error, and continues.</summary>
    internal bool IsHarmless => Text.Contains("RLIMIT_NOFILE", StringComparison.Ordinal);

    // "(00.012345) Error (criu/files-ext.c:98): ...", while restoring "(00.012345)    161: Error (...", from inside a task "(00.012345) pie: 161: Error (...".
    internal static ErrorLine Parse(string line)
    {
        int message = line.IndexOf("): ", StringComparison.Ordinal);
        string text = message < 0 ? line : line[(message + 3)..];
        Match process = ProcessOfLine().Match(line);
        return new ErrorLine(Blanks().Replace(text, " ").Trim().TrimEnd('.'), process.Success ? int.Parse(process.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^\(\d+\.\d+\)\s+(?:pie:\s+)?(\d{1,9}):\s+(?:Error|BUG)")]
    private static partial Regex ProcessOfLine();
}
