using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Attention;

/// <summary>Reads the inputs of the pages of one chunk out of the histories. One for each thread.</summary>
/// <remarks>Beyond the ends of the chunk its first and last page stand for the neighbours that would be there.</remarks>
internal sealed class InputReader
{
    private const int Pages = PageHistories.ChunkPages;
    private const int Groups = PageHistories.ChunkWords;
    private const int Reach = 4;

    private readonly bool _neighbours;
    private readonly ulong[] _dirty = new ulong[Pages + (2 * Reach)];
    private readonly ulong[] _accessed = new ulong[Pages];
    private readonly ulong[] _wideNew = new ulong[Groups];
    private readonly ulong[] _wideOld = new ulong[Groups];
    private bool _hasAccessed;
    private uint _samples;

    public InputReader(InputSelection selection) => _neighbours = selection.HasFlag(InputSelection.Neighbours);

    /// <summary>Turns to a chunk.</summary>
    public void Open(PageHistories histories, int chunk)
    {
        histories.AllDirtyWords(chunk, _dirty.AsSpan(Reach, Pages));

        Complete(histories, chunk);
    }

    /// <summary>Turns to the chunk of a block.</summary>
    public void Open(BlockView block)
    {
        block.Words.CopyTo(_dirty.AsSpan(Reach));
        Complete(block.Histories, block.Chunk);
    }

    /// <summary>The written bits of a page of the chunk.</summary>
    public ulong Dirty(int page) => _dirty[Reach + page];

    /// <summary>The input of a page of the chunk.</summary>
    public void Read(int page, out PageInput input)
    {
        input = default;
        input.Dirty = _dirty[Reach + page];
        input.Samples = _samples;
        if (_hasAccessed)
        {
            input.Accessed = (uint)_accessed[page];
        }

        if (_neighbours)
        {
            ReadNeighbours(page, ref input);
        }
    }

    private void Complete(PageHistories histories, int chunk)
    {
        _samples = (uint)histories.SamplesOf(chunk);
        _hasAccessed = histories.HasAccessed;
        if (_hasAccessed)
        {
            histories.AllAccessedWords(chunk, _accessed);
        }

        if (_neighbours)
        {
            _dirty.AsSpan(0, Reach).Fill(_dirty[Reach]);
            _dirty.AsSpan(Reach + Pages, Reach).Fill(_dirty[Reach + Pages - 1]);
            FillLevels(histories, chunk);
        }
    }

    private void ReadNeighbours(int page, ref PageInput input)
    {
        ReadOnlySpan<ulong> around = _dirty.AsSpan(page, (2 * Reach) + 1);
        (input.Left0, input.Left1, input.Left2) = NeighbourCounts.Of(around[0], around[1], around[2], around[3]);
        (input.Right0, input.Right1, input.Right2) = NeighbourCounts.Of(around[5], around[6], around[7], around[8]);
        int group = page >> 6;
        input.WideNew = _wideNew[group];
        input.WideOld = _wideOld[group];
        input.Beside = (uint)(_wideNew[Math.Max(group - 1, 0)] & 0xFFF) | ((uint)(_wideNew[Math.Min(group + 1, Groups - 1)] & 0xFFF) << 12);
    }

    private void FillLevels(PageHistories histories, int chunk)
    {
        ChunkRows rows = histories.DirtyRows(chunk);
        Levels(rows, 0).CopyTo(_wideNew);
        Levels(rows, PageInput.Window / 2).CopyTo(_wideOld);
    }

    private static Vector512<ulong> Levels(ChunkRows rows, int from)
    {
        Vector512<ulong> levels = default;
        for (int i = 0; i < PageInput.Window / 2; i++)
        {
            levels |= NeighbourCounts.Levels(rows[from + i]) << (4 * i);
        }

        return levels;
    }
}
