namespace U2CMigration.PageTracking.SystemLevel;

/// <summary>What the system was doing when a sample of dirty pages was taken. Counters grow for ever: only their differences mean anything.</summary>
/// <remarks>A figure that the kernel does not tell is 0 in every sample. Where each comes from is said in <see cref="SystemSampler"/>.</remarks>
public readonly record struct SystemSample
{
    /// <summary>Counter: page faults, minor and major.</summary>
    public long PageFaults { get; init; }

    /// <summary>Counter: pages of 4 KiB read from block devices.</summary>
    public long PagesIn { get; init; }

    /// <summary>Counter: pages of 4 KiB written to block devices.</summary>
    public long PagesOut { get; init; }

    /// <summary>Counter: context switches of all processors.</summary>
    public long ContextSwitches { get; init; }

    /// <summary>Counter: soft interrupts of all processors.</summary>
    public long SoftInterrupts { get; init; }

    /// <summary>Gauge: memory that is free, in bytes.</summary>
    public long FreeMemoryBytes { get; init; }

    /// <summary>Counter: bytes handed to write calls.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Counter: time in which at least one task waited for a processor, in microseconds.</summary>
    public long CpuPressureMicroseconds { get; init; }

    /// <summary>Gauge: tasks that run or could run.</summary>
    public long RunnableTasks { get; init; }
}
