using System.Text;

namespace U2CMigration.Criu.Logs;

/// <summary>Finds in a CRIU log what went wrong.</summary>
public static class CriuLog
{
    /// <summary>Logs of level 4 can be large; errors that end a request stand at the end.</summary>
    private const int MaxTailBytes = 256 * 1024;

    private const int ContextLines = 2;
    private const int MaxErrors = 8;

    /// <summary>The error lines at the end of a log, each with the lines before it.</summary>
    /// <param name="path">The log file.</param>
    /// <returns>The lines, or null when the file is missing or has no error.</returns>
    public static string? ReadErrors(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, MaxTailBytes), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return Extract(reader.ReadToEnd());
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The first error in a piece of a log that can be a reason to fail, without time and source position.</summary>
    /// <param name="log">The text of a log.</param>
    /// <returns>The message, or null when there is none.</returns>
    public static string? FirstError(string log) => Cause(log)?.Text;

    /// <summary>The first error in a piece of a log that can be a reason to fail.</summary>
    internal static ErrorLine? Cause(string log)
    {
        ArgumentNullException.ThrowIfNull(log);
        foreach (string line in log.Split('\n'))
        {
            if (IsError(line) && ErrorLine.Parse(line) is { IsSummary: false } error)
            {
                return error;
            }
        }

        return null;
    }

    internal static string? Extract(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var wanted = new SortedSet<int>();
        int errors = 0;
        for (int index = lines.Length - 1; index >= 0 && errors < MaxErrors; index--)
        {
            if (!IsError(lines[index]))
            {
                continue;
            }

            errors++;
            for (int near = Math.Max(0, index - ContextLines); near <= index; near++)
            {
                wanted.Add(near);
            }
        }

        return errors == 0 ? null : string.Join('\n', wanted.Select(index => lines[index]));
    }

    // "(00.012345) Error (criu/files-ext.c:98): ..." or, from inside a task, "(00.012345) pie: 12: Error (...".
    private static bool IsError(string line) =>
        (line.Contains("Error (", StringComparison.Ordinal) || line.Contains("BUG at ", StringComparison.Ordinal)) && !ErrorLine.Parse(line).IsHarmless;
}
