using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>The errno values that this library acts on, and their text.</summary>
internal static class Errno
{
    internal const int NoEntry = 2;
    internal const int NoProcess = 3;
    internal const int Interrupted = 4;
    internal const int NoChild = 10;
    internal const int Exists = 17;
    internal const int NotSupported = 38;
    internal const int AddressInUse = 98;

    internal static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";

    /// <summary>Calls again for as long as a signal interrupts the call.</summary>
    internal static T Retry<T>(Func<T> call, Func<T, bool> failed)
    {
        T result;
        do
        {
            result = call();
        }
        while (failed(result) && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }
}
