using System.Buffers.Text;
using System.Globalization;
using U2CMigration.PageTracking.Interop;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Processes;

/// <summary>Finds the processes of a tree through /proc. The numbers are those of the caller's PID namespace, whose /proc must be mounted.</summary>
/// <remarks>While processes start and end, a listing may miss one; it is exact when the tree is frozen.</remarks>
public static class ProcessTree
{
    private const int SmallFileBytes = 4096;

    /// <summary>Lists a process and all its descendants, parents before children; processes that have ended are left out.</summary>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <returns>The processes; empty when the root has ended.</returns>
    public static IReadOnlyList<int> List(int rootProcessId)
    {
        List<int> processes = [];
        ListTo(rootProcessId, processes);
        return processes;
    }

    /// <summary>Reads /proc/PID/stat.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="stat">What it says.</param>
    /// <returns>False when there is no such process.</returns>
    public static bool TryReadStat(int processId, out ProcessStat stat) =>
        ProcessStat.TryParse(ProcFile.ReadSmall(processId, "stat", new byte[SmallFileBytes]), out stat);

    /// <summary>Reads /proc/PID/status.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>What it says; null when there is no such process.</returns>
    public static ProcessStatus? TryReadStatus(int processId) =>
        ProcessStatus.TryParse(ProcFile.ReadSmall(processId, "status", new byte[2 * SmallFileBytes]), out ProcessStatus? status) ? status : null;

    /// <summary>The threads of a process.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>Their numbers; empty when there is no such process.</returns>
    public static IReadOnlyList<int> Threads(int processId)
    {
        List<int> threads = [];
        try
        {
            foreach (string directory in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
            {
                threads.Add(int.Parse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture));
            }
        }
        catch (IOException)
        {
            // The process ended while its directory was read.
        }

        return threads;
    }

    /// <summary>Whether a process descends from another one, or is that one.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="rootProcessId">The possible ancestor.</param>
    public static bool Contains(int rootProcessId, int processId)
    {
        while (processId != rootProcessId)
        {
            if (processId <= 1 || !TryReadStat(processId, out ProcessStat stat))
            {
                return false;
            }

            processId = stat.ParentProcessId;
        }

        return true;
    }

    /// <summary>Whether two processes run in one address space, as they do between vfork and exec.</summary>
    /// <param name="first">One process.</param>
    /// <param name="second">The other.</param>
    /// <returns>False also when one of them has ended.</returns>
    public static bool SharesMemory(int first, int second) => SystemCall(SYS_kcmp_x64, first, second, KCMP_VM, 0, 0) == 0;

    internal static void ListTo(int rootProcessId, List<int> processes)
    {
        if (!IsAlive(rootProcessId))
        {
            return;
        }

        byte[] buffer = new byte[SmallFileBytes];
        processes.Add(rootProcessId);
        for (int next = processes.Count - 1; next < processes.Count; next++)
        {
            // Each thread has its own list of the children it started.
            foreach (int thread in Threads(processes[next]))
            {
                string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processes[next]}/task/{thread}/children");
                ReadOnlySpan<byte> children = ProcFile.ReadSmall(path, buffer);
                while (children.Length == buffer.Length)
                {
                    buffer = new byte[2 * buffer.Length];
                    children = ProcFile.ReadSmall(path, buffer);
                }

                AddLiving(children, processes);
            }
        }
    }

    // The main thread may have ended while others run on: then it shows as a zombie although the process lives.
    internal static bool IsAlive(int processId) =>
        TryReadStat(processId, out ProcessStat stat) && (!stat.HasEnded || Threads(processId).Count > 1);

    /// <summary>Whether the main thread has ended while others run on. All threads of a process that ends go through that state, but they leave it at once.</summary>
    internal static bool HasLostMainThread(int processId)
    {
        for (int look = 0; look < 2; look++)
        {
            if (!TryReadStat(processId, out ProcessStat stat) || !stat.HasEnded
                || !Threads(processId).Any(thread => thread != processId && !ProcFile.ReadSmall($"/proc/{processId}/task/{thread}/maps", new byte[1]).IsEmpty))
            {
                return false;
            }

            Thread.Sleep(look == 0 ? 10 : 0);
        }

        return true;
    }

    /// <summary>Whether a thread has a seccomp policy: the line 'Seccomp' of its status is not 0. False when it is gone.</summary>
    internal static bool HasSeccomp(int threadId)
    {
        ReadOnlySpan<byte> status = ProcFile.ReadSmall(threadId, "status", new byte[2 * SmallFileBytes]);
        int line = status.IndexOf("\nSeccomp:\t"u8);
        return line >= 0 && status[line + 10] != (byte)'0';
    }

    private static void AddLiving(ReadOnlySpan<byte> children, List<int> processes)
    {
        while (Utf8Parser.TryParse(children, out int child, out int consumed))
        {
            // A child that is handed to another thread while the lists are read can show up twice.
            if (!processes.Contains(child) && IsAlive(child))
            {
                processes.Add(child);
            }

            children = children[consumed..].TrimStart((byte)' ');
        }
    }
}
