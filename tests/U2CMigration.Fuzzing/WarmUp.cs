using System.Runtime.InteropServices;

namespace U2CMigration.Fuzzing;

/// <summary>Has everything compiled before the first input is counted: an input that takes long then is one that takes long.</summary>
internal static class WarmUp
{
    private const int MapBytes = 1 << 16;
    private const int Times = 40;

    public static unsafe void Run(IFuzzTarget target)
    {
        // What is instrumented counts somewhere in any case; the fuzzer puts its own memory in place of this.
        SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(MapBytes);
        byte[][] seeds = [.. target.Seeds()];
        for (int i = 0; i < Times; i++)
        {
            foreach (byte[] seed in seeds)
            {
                target.Run(seed);
            }
        }
    }
}
