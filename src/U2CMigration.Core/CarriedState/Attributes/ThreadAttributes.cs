using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>What each thread has by itself and can be set from outside.</summary>
internal static class ThreadAttributes
{
    private const ulong UtilizationFlags = 0x60; // SCHED_FLAG_UTIL_CLAMP_MIN | _MAX
    private const uint MostUtilization = 1024;
    private const uint DeadlinePolicy = 6;

    /// <summary>All of them, in the order in which they are set.</summary>
    public static IReadOnlyList<OuterAttribute> All { get; } =
    [
        new("processor affinity", ReadAffinity, SetAffinity),
        new("scheduling", ReadScheduling, SetScheduling),
        new("timer slack", static thread => ProcText.TryRead(thread, "timerslack_ns"), static (thread, value) => ProcText.Write(thread, "timerslack_ns", value)),
        new("I/O priority", ReadIoPriority, SetIoPriority),
    ];

    private static string? ReadAffinity(int thread)
    {
        IReadOnlyList<int>? processors = SchedulingCalls.Affinity(thread);
        return processors is null ? null : processors.Count >= Online().Count || processors.SequenceEqual(GroupLimits.ProcessorsOf(thread)) ? ProcessorSet.All : ProcessorSet.Format(processors);
    }

    private static string? SetAffinity(int thread, string value)
    {
        IReadOnlyList<int> online = Online();
        if (value == ProcessorSet.All)
        {
            Check(SchedulingCalls.SetAffinityOf(thread, online));
            return null;
        }

        IReadOnlyList<int> wanted = ProcessorSet.Parse(value);
        IReadOnlyList<int> mapped = ProcessorSet.Map(wanted, online);
        Check(SchedulingCalls.SetAffinityOf(thread, mapped));
        return mapped.SequenceEqual(wanted.Order()) ? null : $"was restricted to the processors {value}, which this host does not all have, and is restricted to {ProcessorSet.Format(mapped)}";
    }

    private static IReadOnlyList<int> Online() => ProcessorSet.Parse(File.ReadAllText("/sys/devices/system/cpu/online").Trim());

    private static string? ReadIoPriority(int thread) =>
        SchedulingCalls.IoPriority(thread) is >= 0 and var priority ? priority.ToString(CultureInfo.InvariantCulture) : null;

    private static string? SetIoPriority(int thread, string value)
    {
        Check(SchedulingCalls.SetIoPriorityOf(thread, int.Parse(value, CultureInfo.InvariantCulture)));
        return null;
    }

    /// <summary>Policy, flags, nice value, priority, runtime, deadline, period, least and most use. The slice that a host gives everybody is no attribute of a thread.</summary>
    private static string? ReadScheduling(int thread)
    {
        if (SchedulingCalls.AttributesOf(thread) is not { } its)
        {
            return null;
        }

        ulong runtime = its.Policy == DeadlinePolicy || its.Runtime != SchedulingCalls.AttributesOf(0)?.Runtime ? its.Runtime : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{its.Policy} {its.Flags} {its.Nice} {its.Priority} {runtime} {its.Deadline} {its.Period} {its.LeastUse} {its.MostUse}");
    }

    private static string? SetScheduling(int thread, string value)
    {
        ulong[] fields = [.. value.Split(' ').Select(static field => unchecked((ulong)long.Parse(field, CultureInfo.InvariantCulture)))];
        var wanted = new SchedulingCalls.Attributes
        {
            Policy = (uint)fields[0],
            Flags = fields[1],
            Nice = (int)fields[2],
            Priority = (uint)fields[3],
            Runtime = fields[4],
            Deadline = fields[5],
            Period = fields[6],
            LeastUse = (uint)fields[7],
            MostUse = (uint)fields[8],
        };
        bool isClamped = (wanted.LeastUse != 0 || wanted.MostUse != MostUtilization) && (wanted.LeastUse | wanted.MostUse) != 0;
        wanted.Flags |= isClamped ? UtilizationFlags : 0;
        Check(SchedulingCalls.SetAttributesOf(thread, wanted));
        return null;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
        }
    }
}
