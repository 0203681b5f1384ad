using System.Globalization;

namespace U2CMigration.Core.Convergence;

/// <summary>The downtime that does not come from private memory: freeze, dump and restore of everything else that a tree holds.</summary>
/// <remarks>
/// A straight line through what was measured (docs/results.md, "What else costs downtime"): so much for any tree, and so much more for each thing that CRIU has to write and make. It is the first guess, meant to tell
/// 50 ms from seconds; <see cref="DowntimeModel"/> learns what it is on these hosts.
/// </remarks>
internal static class StateCost
{
    /// <summary>Any tree.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(60);

    /// <summary>Below this there is no warning.</summary>
    private static readonly TimeSpan WorthAWarning = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan PerProcess = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan PerThread = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PerMapping = TimeSpan.FromMicroseconds(28);
    private static readonly TimeSpan PerDescriptor = TimeSpan.FromMicroseconds(36);
    private static readonly TimeSpan PerSocketMore = TimeSpan.FromMicroseconds(10);
    private static readonly TimeSpan PerConnectionMore = TimeSpan.FromMicroseconds(400);

    /// <summary>Written to a file, read from it on both hosts, and written to memory again.</summary>
    private static readonly TimeSpan PerSharedMebibyte = TimeSpan.FromMilliseconds(3.5);

    /// <summary>Read and hashed beside the dump.</summary>
    private static readonly TimeSpan PerComparedMebibyte = TimeSpan.FromMilliseconds(0.1);

    /// <summary>What a mapping, with its share of page map and process, takes in the images of services: 80 to 150 bytes each, more in a JVM.</summary>
    private const double ImageBytesPerMapping = 100;

    /// <summary>Images cross no faster, whatever the link carries.</summary>
    private const double MostImageBytesPerSecond = 300e6;

    /// <summary>How many parts there are.</summary>
    public const int PartCount = 9;

    /// <summary>What each kind of thing that a tree holds costs, the first of them whatever it holds. Always of the same length and in the same order.</summary>
    /// <param name="state">What it holds.</param>
    /// <param name="bytesPerSecond">How fast it crosses; 0 while unknown.</param>
    public static TimeSpan[] PartsOf(in StateInventory state, double bytesPerSecond) => [Least, .. Parts(state, bytesPerSecond).Select(static part => part.Time)];

    /// <summary>A sentence on what will cost downtime, with the amounts; null when it is not worth one.</summary>
    /// <param name="state">What the tree holds.</param>
    /// <param name="bytesPerSecond">How fast it crosses; 0 while unknown.</param>
    /// <param name="model">What was learned of the costs.</param>
    public static string? Warning(in StateInventory state, double bytesPerSecond, DowntimeModel model)
    {
        List<(string What, TimeSpan Time)> parts = [.. Parts(state, bytesPerSecond).Select((part, index) => (part.What, part.Time * model.FactorOf(index + 1)))];
        TimeSpan all = Sum(parts);
        if (all < WorthAWarning)
        {
            return null;
        }

        IEnumerable<string> causes = parts.Where(part => part.Time > all / 10).OrderByDescending(static part => part.Time).Select(static part => $"{part.What}: about {Text(part.Time)}");
        TimeSpan expected = all + (Least * model.FactorOf(0));
        return $"Expect a downtime of about {Text(expected)}, whatever the memory: what CRIU carries while the workload is frozen takes time ({string.Join("; ", causes)}).";
    }

    private static List<(string What, TimeSpan Time)> Parts(in StateInventory state, double bytesPerSecond)
    {
        double crossing = bytesPerSecond > 0 ? Math.Min(bytesPerSecond, MostImageBytesPerSecond) : MostImageBytesPerSecond;
        double mebibytes = state.SharedBytes / (double)(1 << 20);
        double comparedMebibytes = state.ComparedBytes / (double)(1 << 20);
        double deletedMebibytes = state.DeletedBytes / (double)(1 << 20);
        return
        [
            (Count(state.Mappings, "mappings"), (state.Mappings * PerMapping) + TimeSpan.FromSeconds(state.Mappings * ImageBytesPerMapping / crossing)),
            (Count(state.Processes, "processes"), Math.Max(0, state.Processes - 1) * PerProcess),
            (Count(state.Threads, "threads"), state.Threads * PerThread),
            (Count(state.Descriptors, "descriptors"), (state.Descriptors * PerDescriptor) + (state.Sockets * PerSocketMore)),
            (Count(state.Connections, "TCP connections"), state.Connections * PerConnectionMore),
            (Count((long)mebibytes, "MiB of shared memory"), (mebibytes * PerSharedMebibyte) + TimeSpan.FromSeconds(state.SharedBytes / crossing)),

            (Count((long)comparedMebibytes, "MiB of shared memory that is compared"), comparedMebibytes * PerComparedMebibyte),

            // The same way: into a file, across, and into a file again.
            (Count((long)deletedMebibytes, "MiB of deleted files"), (deletedMebibytes * PerSharedMebibyte) + TimeSpan.FromSeconds(state.DeletedBytes / crossing)),
        ];
    }

    private static TimeSpan Sum(List<(string What, TimeSpan Time)> parts) => parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part.Time);

    private static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}");

    private static string Text(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
