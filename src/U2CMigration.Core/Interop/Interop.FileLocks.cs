using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>flock(2); fcntl(2) F_SETLK, F_OFD_SETLK (Linux 3.15), F_SETLEASE, F_GETLEASE; uapi/asm-generic/fcntl.h. Leases of other users' files need CAP_LEASE.</summary>
internal static unsafe partial class FileLockCalls
{
    public const int SetLock = 6;
    public const int SetDescriptionLock = 37;
    public const int SetLease = 1024;
    public const short ReadLock = 0;
    public const short WriteLock = 1;
    public const short Unlock = 2;

    private const int GetLease = 1025;
    private const int ShareWhole = 1;
    private const int LockWhole = 2;
    private const int WithoutWaiting = 4;
    private const int Interrupted = 4;
    private const int Again = 11;
    private const int AccessDenied = 13;
    private const int Restart = 512; // as seen before the kernel restarts a call: ERESTARTSYS

    /// <summary>flock(2) without waiting.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TryLockWhole(SafeFileHandle file, bool exclusive) =>
        ErrorOf(flock(file, WholeLock(exclusive)));

    /// <summary>The operation of flock(2) that takes a lock without waiting.</summary>
    public static int WholeLock(bool exclusive) => (exclusive ? LockWhole : ShareWhole) | WithoutWaiting;

    /// <summary>F_OFD_SETLK.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TryLockRange(SafeFileHandle file, RecordLock range) => ErrorOf(fcntl(file, SetDescriptionLock, (nint)(&range)));

    /// <summary>F_SETLEASE; the lease belongs to the open file description, so that a duplicate of the descriptor serves.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TrySetLease(SafeFileHandle file, short type) => ErrorOf(fcntl(file, SetLease, type));

    /// <summary>The lease that an open file description has: <see cref="ReadLock"/>, <see cref="WriteLock"/> or <see cref="Unlock"/> for none.</summary>
    public static short LeaseOf(SafeFileHandle file) => (short)fcntl(file, GetLease, 0);

    /// <summary>Whether an errno says that somebody else holds a lock, or has the file open, or that a network file system was interrupted: worth another try.</summary>
    public static bool IsConflict(int error) => error is Again or AccessDenied or Interrupted or Restart;

    private static int ErrorOf(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, nint argument);

    /// <summary>struct flock of 64-bit Linux: 32 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    public struct RecordLock
    {
        /// <summary>l_type.</summary>
        public short Type;

        /// <summary>l_whence: 0, from the beginning.</summary>
        public short Whence;

        /// <summary>l_start, in bytes.</summary>
        public long Start;

        /// <summary>l_len, in bytes; 0 for up to the end.</summary>
        public long Length;

        /// <summary>l_pid: 0 when a lock is set.</summary>
        public int ProcessId;
    }
}
