using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.FileLocks;

/// <summary>
/// The leases of a frozen tree. Its restore opens the same files; where the destination sees the same file that breaks the lease, and the signal by which the kernel says so
/// kills a program that is not prepared for it, as soon as it is thawed. So leases are given up while the tree is frozen and its images are complete, and taken back before it is thawed.
/// </summary>
/// <remarks>A lease belongs to the open file description, so both can be done through duplicates of the descriptors; who gets the signal stays as it was.</remarks>
internal sealed class SourceLeases : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly List<(SafeFileHandle File, short Type, string Name)> _given = [];

    /// <summary>Whether any lease was given up.</summary>
    public bool Any => _given.Count > 0;

    /// <summary>Whether a dumped tree has any.</summary>
    public static bool AreIn(ImageDirectory images) => LeasesIn(images).Any();

    /// <summary>Gives up every lease that the images name.</summary>
    /// <param name="images">The images of the frozen tree.</param>
    /// <param name="onThisHost">Translates the numbers of processes in the images.</param>
    /// <exception cref="IOException">One could not be given up.</exception>
    public void GiveUp(ImageDirectory images, Func<int, int> onThisHost)
    {
        foreach (FileLock lease in LeasesIn(images))
        {
            GiveUp(onThisHost(lease.ProcessId), lease.Descriptor);
        }
    }

    /// <summary>Takes them back. The destination may still have the files open for a moment, and a lease for writing allows nobody else.</summary>
    /// <exception cref="IOException">Somebody else has opened a file meanwhile.</exception>
    public async Task TakeBackAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        string? lost = null;
        foreach ((SafeFileHandle file, short type, string name) in _given)
        {
            int error;
            while ((error = FileLockCalls.TrySetLease(file, type)) != 0 && FileLockCalls.IsConflict(error) && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
            }

            lost ??= error == 0 ? null : $"The lease on {name} could not be taken back: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}). The workload runs without it.";
        }

        Dispose();
        _ = lost is null ? 0 : throw new IOException(lost);
    }

    public void Dispose()
    {
        _given.ForEach(static one => one.File.Dispose());
        _given.Clear();
    }

    private static IEnumerable<FileLock> LeasesIn(ImageDirectory images) => FileLockImage.Read(images).Where(static one => one.Kind == FileLockKind.Lease);

    private void GiveUp(int processId, int descriptor)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"descriptor {descriptor} of process {processId}");
        using SafeFileHandle process = PidFd.Open(processId);
        SafeFileHandle file = PidFd.TryCopyDescriptor(process, descriptor, out int error)
            ?? throw new IOException($"{name} has a lease and cannot be duplicated: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
        short type = FileLockCalls.LeaseOf(file);
        if (type is not (FileLockCalls.ReadLock or FileLockCalls.WriteLock))
        {
            file.Dispose();
            return;
        }

        error = FileLockCalls.TrySetLease(file, FileLockCalls.Unlock);
        if (error != 0)
        {
            file.Dispose();
            throw new IOException($"The lease of {name} cannot be given up: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
        }

        _given.Add((file, type, new FileInfo($"/proc/{processId}/fd/{descriptor}").LinkTarget ?? name));
    }
}
