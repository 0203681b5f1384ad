namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Which pages memory_writer picks: the same splitmix64 as in its source.</summary>
internal static class WritePattern
{
    internal static bool Picks(ulong seed, int page, int permille) => Mix(seed, (ulong)page) % 1000 < (ulong)permille;

    private static ulong Mix(ulong seed, ulong index)
    {
        ulong x = (seed * 0x9E3779B97F4A7C15UL) + index;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
