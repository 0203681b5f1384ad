using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>
/// ioctl_userfaultfd(2), uapi/linux/userfaultfd.h: resolving the missing pages of another process (Linux 4.11, with ESRCH for an
/// exited process 4.13). No privileges beyond holding the descriptor; numbers are those of x86-64 and arm64.
/// </summary>
internal static partial class Userfaultfd
{
    internal const uint WakeRequest = 0x8010AA02;
    internal const uint CopyRequest = 0xC028AA03;
    internal const uint ZeroPageRequest = 0xC020AA04;

    internal const uint HandshakeRequest = 0xC018AA3F;

    private const nint CreateCall = 323;
    private const nint CreateCallArm = 282;
    private const nint CloseOnExecFlag = 0x80000;
    private const nint UserModeOnly = 1;
    private const ulong ApiVersion = 0xAA;
    private const int NoProcess = 3;
    private const int Interrupted = 4;
    private const int NoEntry = 2;
    private const int TryAgain = 11;
    private const int Exists = 17;
    private const int SetFlags = 4;
    private const int GetFlags = 3;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int NonBlocking = 0x800;

    /// <summary>userfaultfd(2) for this process itself, without events; null when it may not have one.</summary>
    internal static unsafe SafeFileHandle? TryCreate()
    {
        nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? CreateCallArm : CreateCall;
        var descriptor = new SafeFileHandle(syscall(number, CloseOnExecFlag | NonBlocking | UserModeOnly), ownsHandle: true);
        var handshake = new HandshakeArguments { Api = ApiVersion };
        if (!descriptor.IsInvalid && ioctl(descriptor, HandshakeRequest, &handshake) == 0)
        {
            return descriptor;
        }

        descriptor.Dispose();
        return null;
    }

    /// <summary>Copies pages into the process and wakes who waits for them.</summary>
    /// <param name="descriptor">The userfaultfd.</param>
    /// <param name="destination">The address in the process.</param>
    /// <param name="source">The address in this process.</param>
    /// <param name="bytes">The length, a multiple of the page size.</param>
    /// <param name="copied">The bytes that were copied; may be fewer than asked for.</param>
    internal static unsafe InstallStatus Copy(SafeFileHandle descriptor, ulong destination, nint source, ulong bytes, out long copied)
    {
        var request = new CopyArguments { Destination = destination, Source = (ulong)source, Length = bytes };
        int result = ioctl(descriptor, CopyRequest, &request);
        return Judge(result, request.Copied, out copied);
    }

    /// <summary>Puts zero pages into the process and wakes who waits for them.</summary>
    internal static unsafe InstallStatus ZeroPage(SafeFileHandle descriptor, ulong destination, ulong bytes)
    {
        var request = new ZeroPageArguments { Start = destination, Length = bytes };
        int result = ioctl(descriptor, ZeroPageRequest, &request);
        return Judge(result, request.Zeroed, out _);
    }

    /// <summary>Lets everybody who waits for a page in the range try again.</summary>
    internal static unsafe void Wake(SafeFileHandle descriptor, ulong start, ulong bytes)
    {
        var request = new RangeArguments { Start = start, Length = bytes };
        _ = ioctl(descriptor, WakeRequest, &request);
    }

    /// <summary>Lets everybody try again who waits for any page.</summary>
    internal static void WakeAll(SafeFileHandle descriptor)
    {
        // Below the first address no page is mapped as a rule of the kernel (vm.mmap_min_addr), and what ends beyond the last one of a processor is refused.
        const ulong First = 0x1_0000;
        const ulong LastOfX64 = 0x7fff_ffff_f000;
        const ulong LastOfArm64 = 0xffff_ffff_f000;
        Wake(descriptor, First, LastOfX64 - First);
        Wake(descriptor, LastOfX64, LastOfArm64 - LastOfX64);
    }

    /// <summary>Reads waiting messages; 0 when there is none.</summary>
    /// <exception cref="CriuException">The descriptor cannot be read.</exception>
    internal static unsafe int Read(SafeFileHandle descriptor, Span<byte> buffer)
    {
        while (true)
        {
            nint length;
            fixed (byte* target = buffer)
            {
                length = read(descriptor, target, (nuint)buffer.Length);
            }

            if (length >= 0)
            {
                return (int)length;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == TryAgain)
            {
                return 0;
            }

            if (errno != Interrupted)
            {
                throw Failure("read of a userfaultfd", errno, "Check the limit of open files (ulimit -n): a fork of the restored process needs one more.");
            }
        }
    }

    /// <summary>
    /// Makes a received descriptor non-blocking, without which poll reports an error only, and closed on exec: a copy in a child of ours
    /// would keep the restored process waiting for answers after we have closed ours.
    /// </summary>
    internal static void Adopt(SafeFileHandle descriptor)
    {
        int flags = fcntl(descriptor, GetFlags, 0);
        if (flags < 0 || fcntl(descriptor, SetFlags, flags | NonBlocking) < 0 || fcntl(descriptor, SetDescriptorFlags, CloseOnExec) < 0)
        {
            throw Failure("fcntl of a userfaultfd", Marshal.GetLastPInvokeError(), "The descriptor that came over the socket is not usable.");
        }
    }

    private static InstallStatus Judge(int result, long done, out long copied)
    {
        // A short copy fails with EAGAIN too and tells its length in the argument: look there first.
        copied = result == 0 || done > 0 ? done : 0;
        if (copied > 0)
        {
            return InstallStatus.Installed;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno switch
        {
            TryAgain or Interrupted => InstallStatus.EventWaiting,
            Exists => InstallStatus.AlreadyPresent,
            NoEntry => InstallStatus.NotRegistered,
            NoProcess => InstallStatus.ProcessGone,
            _ => throw Failure("UFFDIO_COPY or UFFDIO_ZEROPAGE", errno, "Check the free memory and the memory limit of the container: the page was not installed."),
        };
    }

    private static CriuException Failure(string call, int errno, string check) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}). {check}", "LAZY_PAGES", errno);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle descriptor, int command, nint argument);

    /// <summary>struct uffdio_api.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct HandshakeArguments
    {
        internal ulong Api;
        internal ulong Features;
        internal ulong Requests;
    }

    /// <summary>struct uffdio_copy; bytes and addresses.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CopyArguments
    {
        internal ulong Destination;
        internal ulong Source;
        internal ulong Length;
        internal ulong Mode;
        internal long Copied;
    }

    /// <summary>struct uffdio_zeropage.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ZeroPageArguments
    {
        internal ulong Start;
        internal ulong Length;
        internal ulong Mode;
        internal long Zeroed;
    }

    /// <summary>struct uffdio_range.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RangeArguments
    {
        internal ulong Start;
        internal ulong Length;
    }
}
