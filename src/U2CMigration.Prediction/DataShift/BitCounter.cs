using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.DataShift;

/// <summary>512 small counters side by side: bit i of all of them is one vector, so that one addition counts for 512 pages.</summary>
internal struct BitCounter
{
    private Vector512<ulong> _p0;
    private Vector512<ulong> _p1;
    private Vector512<ulong> _p2;
    private Vector512<ulong> _p3;
    private Vector512<ulong> _p4;
    private Vector512<ulong> _p5;

    /// <summary>Adds a bit to each counter. They hold up to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector512<ulong> bits)
    {
        Vector512<ulong> carry = _p0 & bits;
        _p0 ^= bits;
        Vector512<ulong> next = _p1 & carry;
        _p1 ^= carry;
        carry = _p2 & next;
        _p2 ^= next;
        next = _p3 & carry;
        _p3 ^= carry;
        carry = _p4 & next;
        _p4 ^= next;
        _p5 ^= carry;
    }

    /// <summary>Which counters are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<ulong> IsZero() => ~(_p0 | _p1 | _p2 | _p3 | _p4 | _p5);

    /// <summary>Which counters are at least a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<ulong> IsAtLeast(int number)
    {
        // The carry out of counter + (64 - number).
        int addend = 64 - number;
        Vector512<ulong> carry = Carry(_p0, Vector512<ulong>.Zero, addend & 1);
        carry = Carry(_p1, carry, addend & 2);
        carry = Carry(_p2, carry, addend & 4);
        carry = Carry(_p3, carry, addend & 8);
        carry = Carry(_p4, carry, addend & 16);
        return Carry(_p5, carry, addend & 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Carry(Vector512<ulong> plane, Vector512<ulong> carry, int addendBit) => addendBit != 0 ? plane | carry : plane & carry;
}
