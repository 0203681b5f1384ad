using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.FileLocks;

/// <summary>A lock that a restored task must have before it runs.</summary>
internal sealed class HeldLock(FileLock image, int processId)
{
    /// <summary>The lock and its file, for people.</summary>
    public string Description { get; } = Describe(image, processId);

    /// <summary>Takes it, without waiting.</summary>
    /// <param name="enter">Enters a process; asked only where the process itself must take the lock.</param>
    /// <returns>False when somebody else holds it.</returns>
    /// <exception cref="IOException">It cannot be taken at all.</exception>
    public bool TryTake(Func<int, EnteredTask> enter)
    {
        int error = image.Kind switch
        {
            FileLockKind.Posix => enter(processId).SetLock(image.Descriptor, Range),
            FileLockKind.Lease => enter(processId).Control(image.Descriptor, FileLockCalls.SetLease, Type),
            FileLockKind.Flock when EnteredTask.IsSupported => enter(processId).LockWhole(image.Descriptor, image.IsExclusive),
            FileLockKind.Flock => OnDuplicate(file => FileLockCalls.TryLockWhole(file, image.IsExclusive)),
            _ => OnDuplicate(file => FileLockCalls.TryLockRange(file, Range)),
        };
        return error == 0 || (FileLockCalls.IsConflict(error) ? false : throw new IOException(
            $"A restored process could not be given {Description}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})."));
    }

    private short Type => image.IsExclusive ? FileLockCalls.WriteLock : FileLockCalls.ReadLock;

    private FileLockCalls.RecordLock Range => new() { Type = Type, Start = image.Start, Length = image.Length };

    private static string Describe(FileLock image, int processId)
    {
        string path = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{image.Descriptor}")).LinkTarget ?? "a file";
        string what = image.Kind switch
        {
            FileLockKind.Lease => "lease",
            FileLockKind.Flock => "lock (flock)",
            _ when image.Length == 0 => string.Create(CultureInfo.InvariantCulture, $"lock from byte {image.Start} on"),
            _ => string.Create(CultureInfo.InvariantCulture, $"lock of bytes {image.Start} to {image.Start + image.Length - 1}"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"the {(image.IsExclusive ? "exclusive" : "shared")} {what} of process {processId} on {path}");
    }

    /// <summary>Locks of an open file description can be taken through any descriptor of it.</summary>
    private int OnDuplicate(Func<SafeFileHandle, int> call)
    {
        using SafeFileHandle process = PidFd.Open(processId);
        using SafeFileHandle? file = PidFd.TryCopyDescriptor(process, image.Descriptor, out int error);
        return file is null ? error : call(file);
    }
}
