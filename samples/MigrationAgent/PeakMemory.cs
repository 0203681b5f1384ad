using System.Globalization;

namespace MigrationAgent;

/// <summary>The most resident memory that this process had (VmHWM in <c>/proc/self/status</c>, proc(5)).</summary>
public static class PeakMemory
{
    private const string Label = "VmHWM:";

    public static long Bytes()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(Label, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(Label.Length, line.Length - Label.Length - " kB".Length).Trim(), CultureInfo.InvariantCulture) << 10;
            }
        }

        return 0;
    }
}
