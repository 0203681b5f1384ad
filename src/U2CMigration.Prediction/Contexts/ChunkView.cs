using System.Numerics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>The pages of one chunk as the contexts look at them, now or some samples ago.</summary>
internal sealed class ChunkView
{
    private readonly ulong[] _words = new ulong[PageHistories.ChunkPages];
    private PageHistories? _histories;
    private int _chunk;
    private int _samples;

    /// <summary>Reads all pages of a chunk.</summary>
    public void Load(PageHistories histories, int chunk)
    {
        _histories = histories;
        _chunk = chunk;
        _samples = histories.SamplesOf(chunk);
        histories.AllDirtyWords(chunk, _words);
    }

    /// <summary>Takes over all pages of the chunk of a block.</summary>
    public void Load(BlockView block)
    {
        (_histories, _chunk, _samples) = (block.Histories, block.Chunk, block.Samples);
        block.Words.CopyTo(_words);
    }

    /// <summary>The history of a page now.</summary>
    public ulong Word(int page) => _words[page];

    /// <summary>What all pages of the chunk have in common, some samples ago.</summary>
    public PageView Shared(int age, MomentFinder moments) => new()
    {
        Samples = Math.Max(0, _samples - age),
        ChunkShares = (Share(age) << 3) | Share(age + 1),
        ContainerShares = (Trend(age) << 3) | Trend(age + 1),
        Repeats = moments.RepeatsAt(age),
        Moments = moments.At(age),
    };

    /// <summary>Completes a view for one page. At the edge of the chunk the page itself stands for its neighbour.</summary>
    public void Look(int page, int age, WriteFronts fronts, ref PageView view)
    {
        view.Word = _words[page] >> age;
        view.Left = _words[Math.Max(page - 1, 0)] >> age;
        view.Right = _words[Math.Min(page + 1, PageHistories.ChunkPages - 1)] >> age;
        (view.Below, view.Above) = fronts.Levels(_histories!.DirtyRow(_chunk, age), _chunk, page, age, Math.Max(16, _histories.DirtyPages(age)));
    }

    private int Share(int age)
    {
        int count = 0;
        foreach (ulong word in _histories!.DirtyRow(_chunk, age))
        {
            count += BitOperations.PopCount(word);
        }

        return (int)MathF.Min(7, 8 * MathF.Sqrt(count / (float)PageHistories.ChunkPages));
    }

    private int Trend(int age)
    {
        float ratio = _histories!.DirtyPages(age) / (float)Math.Max(1, _histories.MeanDirtyPages);
        return ratio switch { < 0.1f => 0, < 0.4f => 1, < 0.7f => 2, < 0.9f => 3, < 1.1f => 4, < 1.5f => 5, < 2.5f => 6, _ => 7 };
    }
}
