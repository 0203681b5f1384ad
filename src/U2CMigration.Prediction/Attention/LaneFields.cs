using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The fields of 16 pages, one page in each lane.</summary>
internal sealed class LaneFields
{
    // A page is 16 words of 32 bits, in the order of its fields; the last is of no meaning.
    private const int Words = 16;
    private const int Fields = 15;

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
        ref uint from = ref Unsafe.As<PageInput, uint>(ref MemoryMarshal.GetReference(pages[..LaneInputs.Lanes]));
        ref uint to = ref Unsafe.As<Vector512<float>, uint>(ref _fields.First);
        for (int lane = 0; lane < LaneInputs.Lanes; lane++)
        {
            for (int field = 0; field < Fields; field++)
            {
                Unsafe.Add(ref to, (field * LaneInputs.Lanes) + lane) = Unsafe.Add(ref from, (lane * Words) + field);
            }
        }
    }

    private Vector512<uint> Field(int word) => Unsafe.Add(ref _fields.First, word).AsUInt32();
}
