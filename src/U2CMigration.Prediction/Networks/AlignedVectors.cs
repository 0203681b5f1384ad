using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Networks;

/// <summary>Vectors that each lie in one cache line. Those of an array mostly lie across two, and take twice as long to read.</summary>
internal sealed class AlignedVectors
{
    private const int Bytes = 64;

    // Pinned, so that what is aligned stays so.
    private readonly float[] _values;
    private readonly int _first;

    /// <summary>Makes so many vectors, all zero.</summary>
    public AlignedVectors(int count)
    {
        Count = count;
        _values = GC.AllocateArray<float>((count + 1) * Vector512<float>.Count, pinned: true);
        _first = (int)((Bytes - (Address % Bytes)) % Bytes / sizeof(float));
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>The vectors.</summary>
    public Span<Vector512<float>> Span => MemoryMarshal.CreateSpan(ref First, Count);

    /// <summary>The first of them, for loops that know where they end.</summary>
    public ref Vector512<float> First => ref Unsafe.As<float, Vector512<float>>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_values), _first));

    private unsafe nuint Address => (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_values));
}
