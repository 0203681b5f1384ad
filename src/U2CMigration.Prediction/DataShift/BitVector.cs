using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.DataShift;

/// <summary>Operations on 512 bits.</summary>
internal static class BitVector
{
    /// <summary>How many bits are set.</summary>
    public static int Count(Vector512<ulong> bits)
    {
        if (bits == Vector512<ulong>.Zero)
        {
            return 0;
        }

        int count = 0;
        ref ulong first = ref Unsafe.As<Vector512<ulong>, ulong>(ref bits);
        foreach (ulong word in MemoryMarshal.CreateReadOnlySpan(ref first, Vector512<ulong>.Count))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }
}
