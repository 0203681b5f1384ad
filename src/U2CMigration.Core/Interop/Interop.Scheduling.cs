// sched_setaffinity(2), ioprio_set(2), sched_setattr(2) (Linux 3.14) of any thread; linux/sched/types.h, linux/ioprio.h.
// Called through syscall(2): glibc has no wrappers for the last two. The numbers are those of x86-64; elsewhere nothing is carried.
using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

internal static unsafe partial class SchedulingCalls
{
    /// <summary>The most processors that are asked for; the kernel's own limit is 8192.</summary>
    public const int MostProcessors = 8192;

    private const nint SetAffinity = 203;
    private const nint GetAffinity = 204;
    private const nint SetIoPriority = 251;
    private const nint GetIoPriority = 252;
    private const nint SetAttributes = 314;
    private const nint GetAttributes = 315;
    private const int OneProcess = 1; // IOPRIO_WHO_PROCESS: a thread

    /// <summary>struct sched_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public record struct Attributes
    {
        /// <summary>Its length: 56.</summary>
        public uint Size;

        /// <summary>SCHED_OTHER and so on.</summary>
        public uint Policy;

        /// <summary>SCHED_FLAG_RESET_ON_FORK and so on.</summary>
        public ulong Flags;

        /// <summary>-20 to 19.</summary>
        public int Nice;

        /// <summary>1 to 99 for the real-time policies.</summary>
        public uint Priority;

        /// <summary>Nanoseconds: the time for each period of SCHED_DEADLINE, or the slice of an ordinary thread.</summary>
        public ulong Runtime;

        /// <summary>Nanoseconds.</summary>
        public ulong Deadline;

        /// <summary>Nanoseconds.</summary>
        public ulong Period;

        /// <summary>The least that the thread is taken to use a processor, 0 to 1024.</summary>
        public uint LeastUse;

        /// <summary>The most that the thread is taken to use a processor, 0 to 1024.</summary>
        public uint MostUse;
    }

    /// <summary>The processors on which a thread may run; null when it is gone.</summary>
    public static IReadOnlyList<int>? Affinity(int threadId)
    {
        byte* mask = stackalloc byte[MostProcessors / 8];
        nint bytes = SystemCall(GetAffinity, threadId, MostProcessors / 8, (nint)mask);
        if (bytes < 0)
        {
            return null;
        }

        var processors = new List<int>();
        for (int i = 0; i < bytes * 8; i++)
        {
            if ((mask[i / 8] >> (i % 8) & 1) != 0)
            {
                processors.Add(i);
            }
        }

        return processors;
    }

    /// <summary>Restricts a thread to processors.</summary>
    /// <returns>0 or the errno.</returns>
    public static int SetAffinityOf(int threadId, IEnumerable<int> processors)
    {
        byte* mask = stackalloc byte[MostProcessors / 8];
        new Span<byte>(mask, MostProcessors / 8).Clear();
        foreach (int processor in processors)
        {
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        return ErrorOf(SystemCall(SetAffinity, threadId, MostProcessors / 8, (nint)mask));
    }

    /// <summary>The I/O priority of a thread; below zero when it is gone.</summary>
    public static int IoPriority(int threadId) => (int)SystemCall(GetIoPriority, OneProcess, threadId, 0);

    /// <summary>Sets the I/O priority of a thread.</summary>
    /// <returns>0 or the errno.</returns>
    public static int SetIoPriorityOf(int threadId, int priority) => ErrorOf(SystemCall(SetIoPriority, OneProcess, threadId, priority));

    /// <summary>How a thread is scheduled; null when it is gone or the kernel is too old.</summary>
    public static Attributes? AttributesOf(int threadId)
    {
        Attributes attributes = default;
        return SystemCall(GetAttributes, threadId, (nint)(&attributes), sizeof(Attributes), 0) == 0 ? attributes : null;
    }

    /// <summary>Sets how a thread is scheduled.</summary>
    /// <returns>0 or the errno.</returns>
    public static int SetAttributesOf(int threadId, Attributes attributes)
    {
        attributes.Size = (uint)sizeof(Attributes);
        return ErrorOf(SystemCall(SetAttributes, threadId, (nint)(&attributes), 0));
    }

    private static int ErrorOf(nint result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth = 0);
}
