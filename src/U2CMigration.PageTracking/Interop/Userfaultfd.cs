using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Interop;

/// <summary>The calls on a userfaultfd that write-protect tracking needs. Each returns the errno, 0 for success.</summary>
internal static unsafe class Userfaultfd
{
    internal const UserfaultfdFeatures Needed =
        UserfaultfdFeatures.WriteProtect | UserfaultfdFeatures.WriteProtectUnpopulated | UserfaultfdFeatures.WriteProtectAsync;

    /// <summary>Agrees on the interface. A descriptor can be asked once only.</summary>
    internal static int Enable(SafeFileHandle userfaultfd, UserfaultfdFeatures wanted, out UserfaultfdFeatures offered)
    {
        UffdioApi api = new() { Api = UFFD_API, Features = (ulong)wanted };
        int error = Call(userfaultfd, UFFDIO_API, &api);
        offered = (UserfaultfdFeatures)api.Features;
        return error;
    }

    internal static int Register(SafeFileHandle userfaultfd, ulong start, ulong end)
    {
        UffdioRegister register = new() { Range = Range(start, end), Mode = UFFDIO_REGISTER_MODE_WP };
        return Call(userfaultfd, UFFDIO_REGISTER, &register);
    }

    internal static int Unregister(SafeFileHandle userfaultfd, ulong start, ulong end)
    {
        UffdioRange range = Range(start, end);
        return Call(userfaultfd, UFFDIO_UNREGISTER, &range);
    }

    internal static int RemoveProtection(SafeFileHandle userfaultfd, ulong start, ulong end)
    {
        UffdioWriteProtect protect = new() { Range = Range(start, end), Mode = 0 };
        return Call(userfaultfd, UFFDIO_WRITEPROTECT, &protect);
    }

    private static UffdioRange Range(ulong start, ulong end) => new() { Start = start, Length = end - start };

    private static int Call(SafeFileHandle userfaultfd, uint request, void* argument)
    {
        while (Ioctl(userfaultfd, request, argument) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
            {
                return error;
            }
        }

        return 0;
    }
}
