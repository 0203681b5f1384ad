namespace U2CMigration.Fuzzing;

/// <summary>Runs a target and holds it to its bounds.</summary>
internal static class Bounded
{
    /// <summary>More than this is cut off: what matters is found in short inputs, and sooner.</summary>
    public const int MostInputBytes = 16 << 10;

    /// <summary>A small input that makes it take so much is an attack on memory.</summary>
    private const long MostAllocatedBytes = 64 << 20;

    public static void Run(IFuzzTarget target, ReadOnlySpan<byte> input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        target.Run(input[..Math.Min(input.Length, MostInputBytes)]);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > MostAllocatedBytes)
        {
            throw new InvalidOperationException($"{input.Length} bytes made it allocate {allocated >> 20} MiB.");
        }
    }
}
