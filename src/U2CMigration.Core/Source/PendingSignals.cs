using System.Diagnostics;
using System.Globalization;

namespace U2CMigration.Core.Source;

/// <summary>Signals that came while a tree was frozen take effect only after the thaw: before that nobody can say that it runs.</summary>
internal static class PendingSignals
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan EndOfProcess = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits until a thawed process has dealt with the signals that it does not block, or is gone.</summary>
    public static async Task WaitUntilTakenAsync(int processId)
    {
        long start = Stopwatch.GetTimestamp();
        bool any = false;
        while (HasDeliverable(processId) && Stopwatch.GetElapsedTime(start) < Patience)
        {
            any = true;
            await Task.Delay(Pause).ConfigureAwait(false);
        }

        // One that kills has been taken, but the process is not gone in the same moment.
        await Task.Delay(any ? EndOfProcess : TimeSpan.Zero).ConfigureAwait(false);
    }

    private static bool HasDeliverable(int processId)
    {
        try
        {
            return HasDeliverable(File.ReadLines($"/proc/{processId}/status"));
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static bool HasDeliverable(IEnumerable<string> status)
    {
        ulong pending = 0, blocked = 0;
        foreach (string line in status)
        {
            if (line.StartsWith("SigPnd:", StringComparison.Ordinal) || line.StartsWith("ShdPnd:", StringComparison.Ordinal))
            {
                pending |= Mask(line);
            }
            else if (line.StartsWith("SigBlk:", StringComparison.Ordinal))
            {
                blocked = Mask(line);
            }
        }

        return (pending & ~blocked) != 0;
    }

    private static ulong Mask(string line) => ulong.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
