namespace U2CMigration.Testing;

/// <summary>What a piece of work allocates on its thread.</summary>
public static class Allocation
{
    /// <summary>The least of several turns: the runtime allocates on the thread too, when it compiles again what has become hot, but not in every turn.</summary>
    public static long LeastOf(int turns, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        long least = long.MaxValue;
        for (int i = 0; i < turns; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
