using System.Globalization;
using U2CMigration.Core.Errors;

namespace U2CMigration.Core.Source;

/// <summary>Looks what became of a workload that was thawed, rather than to assume it.</summary>
internal static class WorkloadAfterThaw
{
    /// <summary>A process that is about to end by a signal has been given a processor by then, also on a busy host.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>PF_EXITING (sched.h) in the flags of proc_pid_stat(5): on its way out, although not yet a zombie.</summary>
    private const uint Exiting = 4;

    /// <summary>What it is now. Signals that came while it was frozen are handled first: one of them may end it.</summary>
    public static async Task<WorkloadState> StateAsync(int rootProcessId)
    {
        for (TimeSpan waited = TimeSpan.Zero; ; waited += Pause)
        {
            (bool isAlive, bool isSettled) = Look(rootProcessId);
            if (!isAlive)
            {
                return WorkloadState.Gone;
            }

            if (isSettled || waited >= Patience)
            {
                return WorkloadState.Running;
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private static (bool IsAlive, bool IsSettled) Look(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");

            // The name stands in parentheses and may contain any character.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            bool isAlive = fields[0] is not ("Z" or "X") && (uint.Parse(fields[6], CultureInfo.InvariantCulture) & Exiting) == 0;
            return (isAlive, PendingSignals(processId) == 0);
        }
        catch (IOException)
        {
            return (false, true);
        }
    }

    /// <summary>The signals that it has not handled yet and does not block.</summary>
    private static ulong PendingSignals(int processId)
    {
        ulong pending = 0;
        ulong blocked = 0;
        foreach (string line in File.ReadLines($"/proc/{processId}/status"))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            switch (line.AsSpan(0, Math.Max(colon, 0)))
            {
                case "SigPnd" or "ShdPnd":
                    pending |= ulong.Parse(line.AsSpan(colon + 1).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    break;
                case "SigBlk":
                    blocked = ulong.Parse(line.AsSpan(colon + 1).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    break;
            }
        }

        return pending & ~blocked;
    }
}
