using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.ContentHash;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Mixed;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.Trackers;

/// <summary>Makes trackers.</summary>
/// <example>
/// <code>
/// using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, processId);
/// PageSet dirty = new();
/// tracker.Collect(dirty); // every resident page
/// dirty.Clear();
/// tracker.Collect(dirty); // what was written meanwhile
/// </code>
/// </example>
public static class PageTrackers
{
    /// <summary>Starts to track a process tree.</summary>
    /// <param name="kind">How.</param>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    /// <exception cref="PageTrackingException">The kernel lacks something (the message says what brings it), or a process can not be tracked.</exception>
    public static IPageTracker Create(TrackerKind kind, int rootProcessId, ILoggerFactory? loggerFactory = null) =>
        Create(kind, rootProcessId, KernelFeatures.Probe(), loggerFactory);

    /// <summary>Starts to track a process tree, with given features instead of those probed.</summary>
    /// <inheritdoc cref="Create(TrackerKind, int, ILoggerFactory?)"/>
    /// <param name="kind">How.</param>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="features">What the kernel can do.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    public static IPageTracker Create(TrackerKind kind, int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (kind == TrackerKind.Auto && Choose(features) == TrackerKind.ContentHash)
        {
            Log.HashingMemory(
                (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"),
                string.Join(' ', features.MissingForWriteProtect.Concat(features.MissingForSoftDirty)));
        }

        return Resolve(kind, features) switch
        {
            TrackerKind.WriteProtect when kind == TrackerKind.Auto => MixedTracker.Attach(rootProcessId, features, loggerFactory),
            TrackerKind.WriteProtect => WriteProtectTracker.Attach(rootProcessId, features, loggerFactory),
            TrackerKind.SoftDirty => SoftDirtyTracker.Attach(rootProcessId, features, loggerFactory),
            TrackerKind.ContentHash => ContentHashTracker.Attach(rootProcessId, features, loggerFactory),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Use a value of TrackerKind."),
        };
    }

    /// <summary>The tracker that a kind leads to: itself, or what <see cref="TrackerKind.Auto"/> stands for on a kernel.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="features">What the kernel can do.</param>
    public static TrackerKind Resolve(TrackerKind kind, KernelFeatures features) => kind == TrackerKind.Auto ? Choose(features) : kind;

    /// <summary>What <see cref="TrackerKind.Auto"/> stands for: write-protection where the kernel has it, else soft-dirty bits, else hashing.</summary>
    /// <remarks>Single processes that write-protection can not be used for are tracked in another way then: <see cref="MixedTracker"/>.</remarks>
    /// <param name="features">What the kernel can do.</param>
    public static TrackerKind Choose(KernelFeatures features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return features switch
        {
            { MissingForWriteProtect.Count: 0 } => TrackerKind.WriteProtect,
            { MissingForSoftDirty.Count: 0 } => TrackerKind.SoftDirty,
            _ => TrackerKind.ContentHash,
        };
    }
}
