// prlimit(2), sys/resource.h. Linux 2.6.36. Another process's limits need the same ids, or CAP_SYS_RESOURCE in the user namespace of the process,
// which whoever made that namespace has.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

internal static unsafe partial class LimitCalls
{
    private const int OpenFiles = 7;

    /// <summary>Whether the limits of a process may be read and set from here: the kernel asks the same of both.</summary>
    public static bool MayReach(int processId)
    {
        (ulong Current, ulong Most) limit = default;
        return Prlimit(processId, OpenFiles, 0, (nint)(&limit)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int Prlimit(int processId, int resource, nint set, nint read);
}
