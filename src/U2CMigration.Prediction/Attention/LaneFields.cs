using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The fields of 16 pages, one page in each lane.</summary>
internal sealed class LaneFields
{
    private const int Fields = 15;
    private const int Lanes = LaneInputs.Lanes;

    private readonly AlignedVectors _fields = new(Fields);

    /// <summary>Written or not in samples 0 to 31.</summary>
    public Vector512<uint> DirtyLow => Field(0);

    /// <summary>Samples 32 to 63 of the same.</summary>
    public Vector512<uint> DirtyHigh => Field(1);

    /// <summary>See <see cref="PageInput.Accessed"/>.</summary>
    public Vector512<uint> Accessed => Field(6);

    /// <summary>See <see cref="PageInput.Left0"/>.</summary>
    public (Vector512<uint> Bit0, Vector512<uint> Bit1, Vector512<uint> Bit2) Left => (Field(7), Field(8), Field(9));

    /// <summary>See <see cref="PageInput.Right0"/>.</summary>
    public (Vector512<uint> Bit0, Vector512<uint> Bit1, Vector512<uint> Bit2) Right => (Field(10), Field(11), Field(12));

    /// <summary>See <see cref="PageInput.Beside"/>.</summary>
    public Vector512<uint> Beside => Field(13);

    /// <summary>See <see cref="PageInput.Samples"/>.</summary>
    public Vector512<uint> Samples => Field(14);

    /// <summary>The levels of the 64 pages around, eight samples in each word.</summary>
    public Vector512<uint> Levels(int eighth) => Field(2 + eighth);

    /// <summary>Reads the fields.</summary>
    /// <param name="pages">Exactly 16 pages.</param>
    public void Load(ReadOnlySpan<PageInput> pages)
    {
        // One by one, so that the places are known when this is compiled.
        ref uint lane = ref Unsafe.As<Vector512<float>, uint>(ref _fields.First);
        foreach (ref readonly PageInput page in pages[..Lanes])
        {
            Unsafe.Add(ref lane, 0 * Lanes) = (uint)page.Dirty;
            Unsafe.Add(ref lane, 1 * Lanes) = (uint)(page.Dirty >> 32);
            Unsafe.Add(ref lane, 2 * Lanes) = (uint)page.WideNew;
            Unsafe.Add(ref lane, 3 * Lanes) = (uint)(page.WideNew >> 32);
            Unsafe.Add(ref lane, 4 * Lanes) = (uint)page.WideOld;
            Unsafe.Add(ref lane, 5 * Lanes) = (uint)(page.WideOld >> 32);
            Unsafe.Add(ref lane, 6 * Lanes) = page.Accessed;
            Unsafe.Add(ref lane, 7 * Lanes) = page.Left0;
            Unsafe.Add(ref lane, 8 * Lanes) = page.Left1;
            Unsafe.Add(ref lane, 9 * Lanes) = page.Left2;
            Unsafe.Add(ref lane, 10 * Lanes) = page.Right0;
            Unsafe.Add(ref lane, 11 * Lanes) = page.Right1;
            Unsafe.Add(ref lane, 12 * Lanes) = page.Right2;
            Unsafe.Add(ref lane, 13 * Lanes) = page.Beside;
            Unsafe.Add(ref lane, 14 * Lanes) = page.Samples;
            lane = ref Unsafe.Add(ref lane, 1);
        }
    }

    private Vector512<uint> Field(int word) => Unsafe.Add(ref _fields.First, word).AsUInt32();
}
