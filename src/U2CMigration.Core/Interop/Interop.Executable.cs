using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>memfd_create(2) for a program that is run from memory; MFD_EXEC since Linux 6.3. Refused where vm.memfd_noexec is 2.</summary>
internal static unsafe partial class Executable
{
    private const uint CloseOnExec = 1;
    private const uint MayExecute = 0x10;
    private const int InvalidArgument = 22;

    /// <summary>Creates an empty anonymous file that can be executed.</summary>
    /// <param name="name">Its name, with a zero.</param>
    /// <returns>Null where the kernel does not allow it.</returns>
    public static SafeFileHandle? TryCreate(ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            int descriptor = memfd_create(text, CloseOnExec | MayExecute);
            if (descriptor < 0 && Marshal.GetLastPInvokeError() == InvalidArgument)
            {
                // Older kernels do not know the flag and always allow it.
                descriptor = memfd_create(text, CloseOnExec);
            }

            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create(byte* name, uint flags);
}
