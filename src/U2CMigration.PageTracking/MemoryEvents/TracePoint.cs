using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.MemoryEvents;

/// <summary>Finds the number of a tracepoint. The file system that tells it is mounted for this process alone: hosts in namespaces often have none.</summary>
internal static class TracePoint
{
    /// <returns>The number; null when the kernel does not have the tracepoint, or does not tell.</returns>
    internal static ulong? TryFind(string name)
    {
        using var context = new SafeFileHandle(SystemCall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC), ownsHandle: true);
        if (context.IsInvalid || SystemCall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0) < 0)
        {
            return null;
        }

        using var mount = new SafeFileHandle(SystemCall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOTHING, 0), ownsHandle: true);
        if (mount.IsInvalid)
        {
            return null;
        }

        try
        {
            string text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)mount.DangerousGetHandle()}/events/{name}/id"));
            return ulong.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ? id : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
