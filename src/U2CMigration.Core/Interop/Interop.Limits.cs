// prlimit(2), Linux 2.6.36. For processes of other users it needs CAP_SYS_RESOURCE in the user namespace of the process, which the owner of that namespace has.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

internal static unsafe partial class Limits
{
    private const int NotPermitted = 1;

    /// <summary>Whether the limits of a process may be read, and so set; true when it has ended.</summary>
    internal static bool MayBeRead(int processId)
    {
        ulong* limit = stackalloc ulong[2];
        return prlimit(processId, 0, null, limit) == 0 || Marshal.GetLastPInvokeError() != NotPermitted;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prlimit(int processId, int resource, ulong* wanted, ulong* found);
}
