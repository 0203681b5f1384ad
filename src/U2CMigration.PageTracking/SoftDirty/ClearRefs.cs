using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.PageTracking.SoftDirty;

/// <summary>Clears the soft-dirty bits of a process: /proc/PID/clear_refs, Documentation/admin-guide/mm/soft-dirty.rst. Linux 3.11.</summary>
/// <remarks>Succeeds without doing anything on kernels without the bits.</remarks>
internal static class ClearRefs
{
    /// <exception cref="PageTrackingException">The process is gone, or belongs to another user.</exception>
    internal static SafeFileHandle Open(int processId) => ProcFile.OpenToWrite(processId, "clear_refs");

    /// <summary>Clears the bits of all pages and mappings. The pages are write-protected, so that the next write to each is noticed.</summary>
    internal static void ClearSoftDirty(SafeFileHandle clearRefs, int processId) => ProcFile.Write(clearRefs, processId, "4"u8);
}
