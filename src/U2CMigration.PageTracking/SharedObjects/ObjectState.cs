using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>What an object is and has, without its content.</summary>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="AllocatedBytes">The memory that it takes.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="GroupId">Its group.</param>
/// <param name="Seals">What must not be done with it any more (F_SEAL_*).</param>
/// <param name="Mount">The number of the mount through which it was opened.</param>
internal readonly record struct ObjectState(
    (uint Major, uint Minor) Device, ulong Inode, long Size, long AllocatedBytes, uint Mode, uint UserId, uint GroupId, uint Seals, ulong Mount)
{
    private const ushort Permissions = 0xfff;
    private const int RegularFile = 0x8000;
    private const int TypeMask = 0xf000;

    /// <exception cref="PageTrackingException">The kernel does not tell.</exception>
    internal static ObjectState Of(SafeFileHandle file)
    {
        if (StatX(file, string.Empty, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, out StatXFields fields) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new PageTrackingException($"statx of a shared memory object failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}). The processes run on unharmed.", error);
        }

        int seals = FileControl(file, F_GET_SEALS, 0);
        return new ObjectState(
            (fields.DeviceMajor, fields.DeviceMinor), fields.Inode, fields.Size, fields.Blocks * 512, (uint)(fields.Mode & Permissions), fields.UserId, fields.GroupId, seals < 0 ? 0 : (uint)seals, fields.Mount)
        {
            IsRegular = (fields.Mode & TypeMask) == RegularFile,
            Times = new ObjectTimes(fields.ModifiedSeconds, fields.ModifiedNanoseconds, fields.ChangedSeconds, fields.ChangedNanoseconds),
        };
    }

    /// <summary>Whether it is a plain file, and nothing that only lies among them.</summary>
    internal bool IsRegular { get; private init; }

    /// <summary>When its content was changed last, as far as the kernel notes it.</summary>
    internal ObjectTimes Times { get; private init; }

    /// <summary>The device and inode that a path leads to; null when it leads nowhere any more.</summary>
    internal static ((uint Major, uint Minor) Device, ulong Inode)? TryIdentify(string path) =>
        StatXPath(AT_FDCWD, path, 0, STATX_BASIC_STATS, out StatXFields fields) == 0 ? ((fields.DeviceMajor, fields.DeviceMinor), fields.Inode) : null;
}
