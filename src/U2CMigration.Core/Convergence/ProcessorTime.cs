using System.Globalization;

namespace U2CMigration.Core.Convergence;

/// <summary>The processor time of a process, from <c>/proc/PID/stat</c> (proc_pid_stat(5), fields 14 and 15).</summary>
internal static class ProcessorTime
{
    // USER_HZ is 100 on every architecture that matters.
    private const double TicksPerSecond = 100;
    private const int UserFieldBehindName = 11;

    /// <summary>Seconds of all its threads; 0 when it has ended.</summary>
    public static double SecondsOf(int processId)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat"));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    internal static double Parse(string stat)
    {
        // The name may hold blanks and parentheses; what is read of a process that just ends may be nothing.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > UserFieldBehindName + 1
            && double.TryParse(fields[UserFieldBehindName], NumberStyles.None, CultureInfo.InvariantCulture, out double user)
            && double.TryParse(fields[UserFieldBehindName + 1], NumberStyles.None, CultureInfo.InvariantCulture, out double system)
            ? (user + system) / TicksPerSecond
            : 0;
    }
}
