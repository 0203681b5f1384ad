namespace U2CMigration.Criu.PageServer;

/// <summary>What pages belong to.</summary>
/// <param name="Kind">A task or a piece of shared memory.</param>
/// <param name="Id">The process id inside the PID namespace, or the number of the shared memory.</param>
public readonly record struct PageServerTarget(PageServerTargetKind Kind, ulong Id)
{
    private const ulong TaskType = 1;
    private const ulong SharedMemoryType = 2;

    /// <summary>The number that stands for this target in a header.</summary>
    public ulong Encoded => (Id << 8) | (Kind == PageServerTargetKind.Task ? TaskType : SharedMemoryType);

    internal static bool TryDecode(ulong value, out PageServerTarget target)
    {
        // The larger type numbers come from CRIU before 4.0.
        PageServerTargetKind? kind = (value & 0xff) switch
        {
            TaskType or 10 or 11 or 16 or 17 => PageServerTargetKind.Task,
            SharedMemoryType or 27 or 28 or 29 or 32 or 33 or 34 => PageServerTargetKind.SharedMemory,
            _ => null,
        };
        target = new PageServerTarget(kind ?? default, value >> 8);
        return kind is not null;
    }
}
