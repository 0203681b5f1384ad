using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>The inputs of 16 pages of one round as numbers, one page in each lane of a vector: both training and prediction read them from here.</summary>
internal sealed class LaneInputs
{
    /// <summary>How many pages are handled together.</summary>
    public const int Lanes = 16;

    /// <summary>Each sample is seen with so many samples after and before it.</summary>
    public const int Reach = 3;

    /// <summary>Rows of <see cref="Dirty"/>; row <see cref="Reach"/> is the newest sample, the rows before it are the unknown future.</summary>
    public const int DirtyRows = PageInput.Window + (2 * Reach);

    /// <summary>Inputs of a sample besides the written bits: accessed, share of the neighbours below and above, level of the 64 pages around.</summary>
    public const int OtherFeatures = 4;

    /// <summary>Added to the score of a sample that says nothing about the page.</summary>
    public const float Excluded = -1e4f;

    private readonly uint[] _fields = new uint[Lanes];
    private readonly AlignedVectors _dirty = new(DirtyRows);
    private readonly AlignedVectors _other = new(PageInput.Window * OtherFeatures);
    private readonly AlignedVectors _mask = new(PageInput.Window);
    private readonly AlignedVectors _summary = new(PageSummary.Features);
    private readonly PageEcho _echo = new();

    /// <summary>Written bits, <c>[DirtyRows]</c>, by age.</summary>
    public Span<Vector512<float>> Dirty => _dirty.Span;

    /// <summary>Other inputs of each sample, <c>[Window, OtherFeatures]</c>.</summary>
    public Span<Vector512<float>> Other => _other.Span;

    /// <summary>0 or <see cref="Excluded"/> for each sample.</summary>
    public Span<Vector512<float>> Mask => _mask.Span;

    /// <summary>Inputs that sum up the past, <c>[PageSummary.Features]</c>.</summary>
    public Span<Vector512<float>> Summary => _summary.Span;

    /// <summary>Fills all of them.</summary>
    /// <param name="pages">Exactly <see cref="Lanes"/> pages.</param>
    /// <param name="round">The round.</param>
    public void Fill(ReadOnlySpan<PageInput> pages, RoundContext round)
    {
        FillDirty(pages);
        FillOther(pages);
        FillMask(pages);
        Span<float> summary = MemoryMarshal.Cast<Vector512<float>, float>(Summary);
        for (int lane = 0; lane < Lanes; lane++)
        {
            PageSummary.Fill(in pages[lane], round, summary[lane..], Lanes);
        }

        _echo.Fill(pages, Summary.Slice(PageSummary.FirstEcho, PageEcho.Features));
        FillVotes(round);
    }

    private void FillDirty(ReadOnlySpan<PageInput> pages)
    {
        Vector512<uint> low = Field(pages, 0);
        Vector512<uint> high = Field(pages, 1);
        Span<Vector512<float>> dirty = Dirty;
        for (int row = Reach; row < DirtyRows; row++)
        {
            int age = row - Reach;
            Vector512<uint> word = age < 32 ? low >> age : high >> (age - 32);
            dirty[row] = Vector512.ConvertToSingle(word & Vector512<uint>.One);
        }
    }

    private void FillOther(ReadOnlySpan<PageInput> pages)
    {
        Span<Vector512<float>> other = Other;
        Vector512<uint> accessed = Field(pages, 6);
        (Vector512<uint> l0, Vector512<uint> l1, Vector512<uint> l2) =
            (Field(pages, 7), Field(pages, 8), Field(pages, 9));
        (Vector512<uint> r0, Vector512<uint> r1, Vector512<uint> r2) =
            (Field(pages, 10), Field(pages, 11), Field(pages, 12));
        for (int age = 0; age < PageInput.Window; age++)
        {
            other[(age * OtherFeatures) + 0] = Vector512.ConvertToSingle((accessed >> age) & Vector512<uint>.One);
            other[(age * OtherFeatures) + 1] = Vector512.ConvertToSingle(Number(l0, l1, l2, age)) * 0.25f;
            other[(age * OtherFeatures) + 2] = Vector512.ConvertToSingle(Number(r0, r1, r2, age)) * 0.25f;
        }

        for (int eighth = 0; eighth < PageInput.Window / 8; eighth++)
        {
            Vector512<uint> levels = Field(pages, 2 + eighth);
            for (int i = 0; i < 8; i++)
            {
                other[(((eighth * 8) + i) * OtherFeatures) + 3] =
                    Vector512.ConvertToSingle((levels >> (4 * i)) & Vector512.Create(15u)) * (1f / PageInput.WideLevels);
            }
        }
    }

    private void FillMask(ReadOnlySpan<PageInput> pages)
    {
        Span<Vector512<float>> mask = Mask;
        Vector512<uint> samples = Field(pages, 14);
        for (int age = 0; age < PageInput.Window; age++)
        {
            mask[age] = Vector512.ConditionalSelect(
                Vector512.GreaterThan(samples, Vector512.Create((uint)age)).AsSingle(), Vector512<float>.Zero, Vector512.Create(Excluded));
        }
    }

    private void FillVotes(RoundContext round)
    {
        for (int kind = 0; kind < RoundContext.VoteKinds; kind++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                Span<float> weights = round.Vote(kind, horizon);
                Span<Vector512<float>> dirty = Dirty.Slice(Reach, PageInput.Window);
                Vector512<float> sum = Vector512<float>.Zero;
                for (int age = 0; age < PageInput.Window; age++)
                {
                    sum = Vector512.FusedMultiplyAdd(dirty[age], Vector512.Create(weights[age]), sum);
                }

                Summary[PageSummary.FirstVote + (kind * PagePrediction.Horizons) + horizon] = sum;
            }
        }
    }

    // A page is 16 words of 32 bits, in the order of its fields.
    private Vector512<uint> Field(ReadOnlySpan<PageInput> pages, int word)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<PageInput, uint>(pages);
        for (int lane = 0; lane < Lanes; lane++)
        {
            _fields[lane] = words[(lane * 16) + word];
        }

        return Vector512.Create(_fields, 0);
    }

    private static Vector512<uint> Number(Vector512<uint> bit0, Vector512<uint> bit1, Vector512<uint> bit2, int age) =>
        ((bit0 >> age) & Vector512<uint>.One) | (((bit1 >> age) & Vector512<uint>.One) << 1) | (((bit2 >> age) & Vector512<uint>.One) << 2);
}
