using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Tests.Rpc;

internal static partial class NativeDescriptor
{
    private const int SetFlags = 2;

    public static void ClearCloseOnExec(SafeHandle handle) => fcntl((int)handle.DangerousGetHandle(), SetFlags, 0).Should().Be(0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int argument);
}
