using System.Buffers.Text;

namespace U2CMigration.PageTracking.Processes;

/// <summary>The fields of /proc/PID/stat that are needed here. See proc_pid_stat(5).</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="State">One letter: R, S, D, T, t, Z, X, I.</param>
/// <param name="ParentProcessId">Its parent.</param>
/// <param name="StartTimeTicks">When it started, in clock ticks since boot: with the number it names a process for good.</param>
public readonly record struct ProcessStat(int ProcessId, char State, int ParentProcessId, ulong StartTimeTicks)
{
    private const int StartTimeField = 22;

    /// <summary>Whether the main thread has ended; the process then waits for its parent, or for its other threads.</summary>
    public bool HasEnded => State is 'Z' or 'X';

    /// <summary>Reads the content of the file.</summary>
    /// <param name="content">The bytes of /proc/PID/stat.</param>
    /// <param name="stat">What it says.</param>
    /// <returns>False when it does not have the known form.</returns>
    public static bool TryParse(ReadOnlySpan<byte> content, out ProcessStat stat)
    {
        stat = default;

        // The name stands in parentheses and may contain any byte, so only the last one ends it.
        int nameStart = content.IndexOf((byte)'(');
        int nameEnd = content.LastIndexOf((byte)')');
        if (nameStart < 2 || nameEnd < nameStart || content.Length < nameEnd + 4
            || !Utf8Parser.TryParse(content, out int processId, out int consumed) || consumed != nameStart - 1)
        {
            return false;
        }

        char state = (char)content[nameEnd + 2];
        ReadOnlySpan<byte> rest = content[(nameEnd + 3)..];
        int parent = 0;
        ulong startTime = 0;
        for (int field = 4; field <= StartTimeField; field++)
        {
            if (rest.IsEmpty || rest[0] != ' ')
            {
                return false;
            }

            rest = rest[1..];
            int blank = rest.IndexOfAny((byte)' ', (byte)'\n');
            ReadOnlySpan<byte> text = blank < 0 ? rest : rest[..blank];
            if ((field == 4 && !Utf8Parser.TryParse(text, out parent, out _)) || (field == StartTimeField && !Utf8Parser.TryParse(text, out startTime, out _)))
            {
                return false;
            }

            rest = rest[text.Length..];
        }

        stat = new ProcessStat(processId, state, parent, startTime);
        return true;
    }
}
