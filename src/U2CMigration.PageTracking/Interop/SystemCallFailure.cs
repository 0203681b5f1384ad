using System.Globalization;
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

/// <summary>Turns the errno of a failed call into an exception that names the call, the error and what to check.</summary>
internal static class SystemCallFailure
{
    internal static PageTrackingException Create(string call, int processId, int errorNumber, string advice) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{call} failed for process {processId}: {Marshal.GetPInvokeErrorMessage(errorNumber)} (errno {errorNumber}). {advice} The process runs on unharmed."),
            errorNumber);

    internal static PageTrackingException Ended(int processId) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Process {processId} has ended. There is nothing left to track or read."), Errno.ESRCH);
}
