using U2CMigration.PageTracking.Interop;

namespace U2CMigration.PageTracking.Memory;

/// <summary>The bounds of a mapping at one moment.</summary>
internal readonly record struct AreaBounds(ulong Start, ulong End, ulong Flags)
{
    internal bool IsShared => (Flags & NativeMethods.PROCMAP_QUERY_VMA_SHARED) != 0;
}
