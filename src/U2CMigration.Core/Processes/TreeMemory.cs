using System.Globalization;

namespace U2CMigration.Core.Processes;

/// <summary>How much memory a tree has, by the counters of <c>/proc/PID/status</c> and <c>/proc/PID/smaps_rollup</c> (proc_pid_status(5), proc_pid_smaps(5)).</summary>
/// <param name="ResidentBytes">All resident memory; what several processes share counts once.</param>
/// <param name="FrozenOnlyBytes">Shared memory and huge pages: CRIU carries them while the tree is frozen.</param>
internal readonly record struct TreeMemory(long ResidentBytes, long FrozenOnlyBytes)
{
    private const string SharedField = "RssShmem:";
    private const string ShareOfSharedField = "Pss_Shmem:";

    public static TreeMemory Of(IReadOnlyCollection<int> processIds)
    {
        var sum = default(TreeMemory);
        foreach (int processId in processIds)
        {
            try
            {
                sum += Of(processId, isAlone: processIds.Count == 1);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return sum;
    }

    public static TreeMemory operator +(TreeMemory left, TreeMemory right) =>
        new(left.ResidentBytes + right.ResidentBytes, left.FrozenOnlyBytes + right.FrozenOnlyBytes);

    private static TreeMemory Of(int processId, bool isAlone)
    {
        long resident = 0;
        long shared = 0;
        long huge = 0;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")))
        {
            resident += Parse(line, "VmRSS:");
            shared += Parse(line, SharedField);
            huge += Parse(line, "HugetlbPages:");
        }

        // The kernel goes through all pages of the process for the next file, so it is asked only where the same pages may be counted again in another one.
        long counted = shared > 0 && !isAlone ? Math.Min(shared, ShareOfShared(processId)) : shared;
        return new TreeMemory(resident - shared + counted, counted + huge);
    }

    /// <summary>Each page of shared memory divided by the number of processes that have it mapped: over all processes every page counts once.</summary>
    private static long ShareOfShared(int processId)
    {
        long? share = null;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/smaps_rollup")))
        {
            share = line.StartsWith(ShareOfSharedField, StringComparison.Ordinal) ? Parse(line, ShareOfSharedField) : share;
        }

        return share ?? long.MaxValue;
    }

    /// <summary>The bytes in a line of one field; 0 in one of another.</summary>
    internal static long Parse(string line, string field)
    {
        if (!line.StartsWith(field, StringComparison.Ordinal))
        {
            return 0;
        }

        string number = line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal);
        return long.Parse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}
