using System.Runtime.InteropServices;
using U2CMigration.Core.PageStores;

namespace U2CMigration.Core.Interop;

/// <summary>Turns the errno of a memory call into an exception.</summary>
internal static class MemoryCall
{
    public static PageStoreException Failed(string call, string advice)
    {
        int error = Marshal.GetLastPInvokeError();
        return new PageStoreException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}). {advice} The workload still runs on the source.", error);
    }
}
