using System.Globalization;

namespace U2CMigration.Core.Preflight;

/// <summary>How much memory a tree has, by the counters of <c>/proc/PID/status</c> (proc_pid_status(5)).</summary>
/// <param name="ResidentBytes">All resident memory.</param>
/// <param name="FrozenOnlyBytes">Shared memory and huge pages: CRIU carries them while the tree is frozen.</param>
internal readonly record struct TreeMemory(long ResidentBytes, long FrozenOnlyBytes)
{
    public static TreeMemory Of(IEnumerable<int> processIds)
    {
        long resident = 0;
        long frozenOnly = 0;
        foreach (int processId in processIds)
        {
            try
            {
                foreach (string line in File.ReadLines($"/proc/{processId}/status"))
                {
                    (long residentHere, long frozenOnlyHere) = Parse(line);
                    resident += residentHere;
                    frozenOnly += frozenOnlyHere;
                }
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return new TreeMemory(resident, frozenOnly);
    }

    internal static (long Resident, long FrozenOnly) Parse(string line)
    {
        bool isResident = line.StartsWith("VmRSS:", StringComparison.Ordinal);
        bool isFrozenOnly = line.StartsWith("RssShmem:", StringComparison.Ordinal) || line.StartsWith("HugetlbPages:", StringComparison.Ordinal);
        if (!isResident && !isFrozenOnly)
        {
            return default;
        }

        string number = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace("kB", string.Empty, StringComparison.Ordinal);
        long bytes = long.Parse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
        return isResident ? (bytes, 0) : (0, bytes);
    }
}
