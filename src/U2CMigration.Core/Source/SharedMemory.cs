using System.Globalization;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Criu.Versions;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Core.Source;

/// <summary>Whether shared memory travels before the freeze, or with the images while the tree is frozen.</summary>
internal static class SharedMemory
{
    private const double DominatingShare = 0.25;

    /// <summary>The oldest version with which images were tried whose memory files are handed over.</summary>
    private static readonly CriuVersion HandsOver = new(4, 2);

    public static bool CanTravelAsPages(SourceContext context, MigrationConnection connection, CriuVersion criu) =>
        (connection.Features & ProtocolFeatures.SharedObjects) != 0 && criu >= HandsOver && !UserNamespaces.IsOwn(context.Target.RootProcessId);

    /// <summary>A sentence on what travels while the tree is frozen; null when it is little.</summary>
    /// <param name="memory">The memory of the tree.</param>
    /// <param name="carriedBytes">Shared memory that travels before.</param>
    public static string? Warning(TreeMemory memory, long carriedBytes)
    {
        long left = Math.Max(0, memory.FrozenOnlyBytes - carriedBytes);
        return left > memory.ResidentBytes * DominatingShare
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{left >> 20} of {memory.ResidentBytes >> 20} MiB are shared memory or huge pages that travel while the workload is frozen: expect a longer downtime.")
            : null;
    }
}
