using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.ContentHash;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.Mixed;

/// <summary>Tracks processes that cannot be entered: by soft-dirty bits where the kernel has them, else by hashing their memory.</summary>
internal sealed class FallbackTracking(KernelFeatures features, ILogger logger)
{
    private readonly bool _softDirty = features.MissingForSoftDirty.Count == 0;
    private readonly Lazy<IPageTableReader> _reader = new(() => features.MissingForSoftDirty.Count == 0 ? PageTableReaders.ForSoftDirty(features) : PageTableReaders.For(features));

    internal string Name => _softDirty ? SoftDirtyTracker.TrackerName : ContentHashTracker.TrackerName;

    /// <summary>Is told what was copied.</summary>
    internal CopiedPages Copied { get; } = new();

    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal ITrackedProcess Open(int processId, int parentProcessId)
    {
        if (_softDirty)
        {
            return new SoftDirtyProcess(processId, parentProcessId, _reader.Value, features, logger);
        }

        ContentHashProcess process = new(processId, _reader.Value, features);
        Copied.Add(processId, process.Hashes);
        return process;
    }

    internal void Close(ITrackedProcess process)
    {
        if (process is ContentHashProcess hashed)
        {
            Copied.Remove(hashed.Hashes);
        }

        process.Dispose();
    }
}
