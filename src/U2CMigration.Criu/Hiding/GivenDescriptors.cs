using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Hiding;

/// <summary>Has a waiting worker open files that this process has open.</summary>
internal static class GivenDescriptors
{
    private const long CurrentDirectory = -100;
    private const long ReadWrite = 2;
    private const long ReadOnly = 0;
    private const long NotPermitted = 1;

    /// <summary>Opens them. To be called on a thread that does nothing else: the kernel takes calls from the one that stopped the worker only.</summary>
    /// <returns>Their numbers in the worker.</returns>
    /// <exception cref="IOException">Not all could be opened.</exception>
    internal static IReadOnlyList<int> Open(int workerId, IReadOnlyList<SafeFileHandle> files)
    {
        if (!StoppedWorker.IsSupported)
        {
            throw new IOException("Processes can be entered on x86-64 only.");
        }

        if (!MemoryHiding.IsInOwnNamespace(workerId, "pid") || !MemoryHiding.IsInOwnNamespace(workerId, "mnt"))
        {
            throw new IOException("CRIU runs in other namespaces.");
        }

        var numbers = new List<int>(files.Count);
        using StoppedWorker worker = StoppedWorker.Stop(workerId);
        foreach (SafeFileHandle file in files)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{(int)file.DangerousGetHandle()}\0");
            ulong text = worker.Place(Encoding.ASCII.GetBytes(path));
            long opened = worker.Call(StoppedWorker.OpenAt, CurrentDirectory, (long)text, ReadWrite);
            if (opened == -NotPermitted)
            {
                // Namespaces are no files that anybody writes to.
                opened = worker.Call(StoppedWorker.OpenAt, CurrentDirectory, (long)text, ReadOnly);
            }

            numbers.Add(opened >= 0 ? (int)opened : throw new IOException($"openat in CRIU failed: {Interop.Errno.Describe((int)-opened)}."));
        }

        return numbers;
    }
}
