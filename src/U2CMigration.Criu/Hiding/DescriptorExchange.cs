using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Hiding;

/// <summary>Makes a waiting worker see another <c>/proc</c>: all that it opens there, it opens relative to descriptors of that directory or one of its processes.</summary>
/// <remarks>
/// The worker stays in its mount namespace, has no filter of system calls and is not traced any more when it continues: the kernel lets no process that has a filter itself suspend the seccomp
/// filters of the tasks that are dumped.
/// </remarks>
internal static class DescriptorExchange
{
    private const string Root = "/proc";
    private const long CurrentDirectory = -100;
    private const long PathOnlyDirectory = 0x200000 | 0x10000 | 0x80000; // O_PATH | O_DIRECTORY | O_CLOEXEC on x86-64
    private const long CloseOnExec = 0x80000;

    /// <summary>Exchanges the descriptors of a worker that waits for an answer.</summary>
    /// <param name="workerId">The worker, a child of this process, in its namespaces.</param>
    /// <param name="shadow">The other directory.</param>
    /// <exception cref="IOException">Not all could be exchanged; the worker that waits for an answer must be refused.</exception>
    internal static void Run(int workerId, SafeFileHandle shadow)
    {
        List<(int Descriptor, string Below)> found = Find(workerId);
        if (!found.Exists(static entry => entry.Below.Length == 0))
        {
            throw new IOException($"CRIU (process {workerId}) has no descriptor of {Root}.");
        }

        using StoppedWorker worker = StoppedWorker.Stop(workerId);
        foreach ((int descriptor, string below) in found)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{Root}/{Environment.ProcessId}/fd/{(int)shadow.DangerousGetHandle()}{below}\0");
            ulong text = worker.Place(Encoding.ASCII.GetBytes(path));
            long opened = Check(worker.Call(StoppedWorker.OpenAt, CurrentDirectory, (long)text, PathOnlyDirectory), "openat");
            Check(worker.Call(StoppedWorker.Duplicate, opened, descriptor, CloseOnExec), "dup3");
            Check(worker.Call(StoppedWorker.Close, opened), "close");
        }
    }

    /// <summary>Tries on an idle child whether it can be made to execute calls, and has everything compiled before it is needed.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    internal static void Rehearse(int workerId, SafeFileHandle shadow)
    {
        _ = Find(workerId);
        using StoppedWorker worker = StoppedWorker.Stop(workerId);
        _ = worker.Place(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Root}/{Environment.ProcessId}/fd/{(int)shadow.DangerousGetHandle()}\0")));
        Check(worker.Call(StoppedWorker.GetProcessId), "getpid");
    }

    /// <summary>What a descriptor names below <c>/proc</c>: nothing for the directory itself, "/12" for a process in it; null for anything else.</summary>
    internal static string? BelowProc(string? target) =>
        target == Root ? string.Empty
        : target is not null && target.StartsWith(Root + "/", StringComparison.Ordinal) && target.Length > Root.Length + 1 && !target.AsSpan(Root.Length + 1).ContainsAnyExceptInRange('0', '9')
            ? target[Root.Length..]
            : null;

    private static List<(int Descriptor, string Below)> Find(int workerId)
    {
        var found = new List<(int Descriptor, string Below)>();
        foreach (string path in Directory.EnumerateFileSystemEntries(ShadowProc.PathOf(workerId, "fd")))
        {
            if (BelowProc(new FileInfo(path).LinkTarget) is { } below)
            {
                found.Add((int.Parse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture), below));
            }
        }

        return found;
    }

    private static long Check(long result, string call) => result >= 0 ? result : throw new IOException($"{call} in CRIU failed: {Interop.Errno.Describe((int)-result)}.");
}
