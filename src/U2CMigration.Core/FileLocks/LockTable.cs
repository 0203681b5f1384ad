using System.Globalization;

namespace U2CMigration.Core.FileLocks;

/// <summary>The file locks of this host; <c>/proc/locks</c>, see proc_locks(5). Shows the locks of processes that this PID namespace has.</summary>
internal static class LockTable
{
    private const string Path = "/proc/locks";
    private const string Waits = "->";
    private const string Breaks = "BREAKING";

    /// <summary>A lock, held or waited for.</summary>
    /// <param name="Number">The same for a lock and those that wait for it.</param>
    /// <param name="IsWaiting">Whether the process waits for it.</param>
    /// <param name="Kind">POSIX, FLOCK, OFDLCK, LEASE.</param>
    /// <param name="ProcessId">The process; -1 for locks of an open file description.</param>
    /// <param name="File">The file: its device and inode.</param>
    /// <param name="Range">Its bytes.</param>
    /// <param name="IsBreaking">Whether it is a lease that somebody else wants to end by opening the file.</param>
    internal readonly record struct Entry(string Number, bool IsWaiting, string Kind, int ProcessId, string File, string Range, bool IsBreaking);

    /// <summary>Whether any lease is being broken.</summary>
    public static bool HasBreakingLease() => Breaking(File.ReadAllText(Path));

    internal static bool Breaking(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(static line => Parse(line) is { IsBreaking: true });

    /// <summary>Reads those that processes wait for, each after the lock that they wait for.</summary>
    /// <returns>Pairs of a held lock and a waiting process; none when nobody waits.</returns>
    public static IReadOnlyList<(Entry Held, Entry Waiting)> ReadWaiting() => Waiting(File.ReadAllText(Path));

    internal static IReadOnlyList<(Entry Held, Entry Waiting)> Waiting(string text)
    {
        var pairs = new List<(Entry, Entry)>();
        Entry held = default;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(line) is not { } entry)
            {
                continue;
            }

            if (!entry.IsWaiting)
            {
                held = entry;
            }
            else if (held.Number == entry.Number)
            {
                pairs.Add((held, entry));
            }
        }

        return pairs;
    }

    /// <summary>Reads a line such as <c>1: -> POSIX  ADVISORY  WRITE 812 fe:00:5384013 0 EOF</c>.</summary>
    internal static Entry? Parse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = fields.Length > 1 && fields[1] == Waits ? 2 : 1;
        return fields.Length >= at + 7 && int.TryParse(fields[at + 3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int processId)
            ? new Entry(fields[0], at == 2, fields[at], processId, fields[at + 4], $"{fields[at + 5]} to {fields[at + 6]}", fields[at + 1] == Breaks)
            : null;
    }
}
