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

    private readonly LaneFields _fields = new();
    private readonly AlignedVectors _dirty = new(DirtyRows);
    private readonly AlignedVectors _patterns = new(PageInput.Window * 2);
    private readonly AlignedVectors _other = new(PageInput.Window * OtherFeatures);
    private readonly AlignedVectors _mask = new(PageInput.Window);
    private readonly AlignedVectors _summary = new(PageSummary.Features);
    private readonly PageSummary _pageSummary = new();
    private readonly PageEcho _echo = new();

    /// <summary>The fields that all of it is made from.</summary>
    public LaneFields Fields => _fields;

    /// <summary>Written bits, <c>[DirtyRows]</c>, by age.</summary>
    public Span<Vector512<float>> Dirty => _dirty.Span;

    /// <summary>
    /// The same bits around each sample, <c>[Window, 2]</c> whole numbers, of which only the lowest four bits count: the sample and the <see cref="Reach"/> after it, the latest
    /// first; the <see cref="Reach"/> before it, and accessed.
    /// </summary>
    public Span<Vector512<float>> Patterns => _patterns.Span;

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
        _fields.Load(pages);
        FillDirty();
        FillPatterns();
        FillOther();
        FillMask();
        _pageSummary.Fill(pages, round, this);
        _echo.Fill(pages, Summary.Slice(PageSummary.FirstEcho, PageEcho.Features));
        FillVotes(round);
    }

    private void FillDirty()
    {
        Vector512<uint> low = _fields.DirtyLow;
        Vector512<uint> high = _fields.DirtyHigh;
        Span<Vector512<float>> dirty = Dirty;
        for (int row = Reach; row < DirtyRows; row++)
        {
            int age = row - Reach;
            Vector512<uint> word = age < 32 ? low >> age : high >> (age - 32);
            dirty[row] = Vector512.ConvertToSingle(word & Vector512<uint>.One);
        }
    }

    private void FillPatterns()
    {
        Vector512<uint> low = _fields.DirtyLow;
        Vector512<uint> accessed = _fields.Accessed;

        // From the unknown future on; the second from half the window on.
        Vector512<uint> newer = low << Reach;
        Vector512<uint> older = (low >>> ((PageInput.Window / 2) - Reach)) | (_fields.DirtyHigh << ((PageInput.Window / 2) + Reach));
        Span<Vector512<float>> patterns = Patterns;
        for (int age = 0; age < PageInput.Window; age++)
        {
            Vector512<uint> near = age < PageInput.Window / 2 ? newer >>> age : older >>> (age - (PageInput.Window / 2));
            Vector512<uint> fourth = age < Reach ? accessed << (Reach - age) : accessed >>> (age - Reach);
            patterns[2 * age] = near.AsSingle();
            patterns[(2 * age) + 1] = Vector512.ConditionalSelect(Vector512.Create((1u << Reach) - 1), near >>> (Reach + 1), fourth).AsSingle();
        }
    }

    private void FillOther()
    {
        Span<Vector512<float>> other = Other;
        Vector512<uint> accessed = _fields.Accessed;
        (Vector512<uint> l0, Vector512<uint> l1, Vector512<uint> l2) = _fields.Left;
        (Vector512<uint> r0, Vector512<uint> r1, Vector512<uint> r2) = _fields.Right;
        for (int age = 0; age < PageInput.Window; age++)
        {
            other[(age * OtherFeatures) + 0] = Vector512.ConvertToSingle((accessed >> age) & Vector512<uint>.One);
            other[(age * OtherFeatures) + 1] = Vector512.ConvertToSingle(Number(l0, l1, l2, age)) * 0.25f;
            other[(age * OtherFeatures) + 2] = Vector512.ConvertToSingle(Number(r0, r1, r2, age)) * 0.25f;
        }

        for (int eighth = 0; eighth < PageInput.Window / 8; eighth++)
        {
            Vector512<uint> levels = _fields.Levels(eighth);
            for (int i = 0; i < 8; i++)
            {
                other[(((eighth * 8) + i) * OtherFeatures) + 3] =
                    Vector512.ConvertToSingle((levels >> (4 * i)) & Vector512.Create(15u)) * (1f / PageInput.WideLevels);
            }
        }
    }

    private void FillMask()
    {
        Span<Vector512<float>> mask = Mask;
        Vector512<uint> samples = _fields.Samples;
        for (int age = 0; age < PageInput.Window; age++)
        {
            mask[age] = Vector512.ConditionalSelect(
                Vector512.GreaterThan(samples, Vector512.Create((uint)age)).AsSingle(), Vector512<float>.Zero, Vector512.Create(Excluded));
        }
    }

    // All six sums at once: each product waits for the one before in its sum.
    private void FillVotes(RoundContext round)
    {
        const int Window = PageInput.Window;
        Vector512<float> a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        ReadOnlySpan<float> votes = round.Votes.AsSpan(0, PageSummary.Votes * Window);
        ReadOnlySpan<Vector512<float>> dirty = Dirty.Slice(Reach, Window);
        for (int age = 0; age < Window; age++)
        {
            Vector512<float> written = dirty[age];
            a0 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[age]), a0);
            a1 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[Window + age]), a1);
            a2 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[(2 * Window) + age]), a2);
            b0 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[(3 * Window) + age]), b0);
            b1 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[(4 * Window) + age]), b1);
            b2 = Vector512.FusedMultiplyAdd(written, Vector512.Create(votes[(5 * Window) + age]), b2);
        }

        Span<Vector512<float>> sums = Summary.Slice(PageSummary.FirstVote, PageSummary.Votes);
        (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]) = (a0, a1, a2, b0, b1, b2);
    }

    private static Vector512<uint> Number(Vector512<uint> bit0, Vector512<uint> bit1, Vector512<uint> bit2, int age) =>
        ((bit0 >> age) & Vector512<uint>.One) | (((bit1 >> age) & Vector512<uint>.One) << 1) | (((bit2 >> age) & Vector512<uint>.One) << 2);
}
