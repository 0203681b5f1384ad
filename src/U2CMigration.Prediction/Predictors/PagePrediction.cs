using System.Numerics;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>For which pages a prediction is wanted, and the prediction: the probability of each to be written in each of the next <see cref="Horizons"/> samples.</summary>
/// <remarks>
/// The candidates lie in blocks, one for each chunk of the histories that holds some. A block has a bit and <see cref="Horizons"/> probabilities for each page of
/// the chunk, candidate or not, so that predictors run straight through. Reusable without new allocations. Not safe for concurrent use.
/// </remarks>
public sealed class PagePrediction
{
    /// <summary>How many samples ahead are predicted. A horizon is counted from 0, the next sample.</summary>
    public const int Horizons = 3;

    private readonly List<PredictionBlock> _blocks = [];
    private readonly float[] _thresholds = new float[Horizons];
    private ulong[] _candidates = [];
    private float[] _probabilities = [];

    /// <summary>The blocks, processes in the order of the candidates, addresses ascending.</summary>
    public IReadOnlyList<PredictionBlock> Blocks => _blocks;

    /// <summary>For each horizon the probability from which on a page counts as predicted to be written.</summary>
    public Span<float> Thresholds => _thresholds;

    /// <summary>The number of candidates.</summary>
    public long CandidateCount
    {
        get
        {
            long count = 0;
            foreach (ulong word in _candidates.AsSpan(0, _blocks.Count * PageHistories.ChunkWords))
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Starts a prediction for given pages. Pages that the histories do not know are predicted from an empty history.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="candidates">The pages. Not kept.</param>
    public void Prepare(PageHistories histories, PageSet candidates)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(candidates);
        Clear();
        // By index: the enumerator of an interface would be allocated.
        for (int i = 0; i < candidates.Processes.Count; i++)
        {
            ProcessPages process = candidates.Processes[i];
            foreach (PageRange range in process.Ranges)
            {
                for (ulong start = range.Start & ~(PageHistories.ChunkBytes - 1); start < range.End; start += PageHistories.ChunkBytes)
                {
                    if (_blocks.Count == 0 || _blocks[^1].Start != start || _blocks[^1].ProcessId != process.ProcessId)
                    {
                        Add(new PredictionBlock(process.ProcessId, start, histories.Find(process.ProcessId, start)));
                    }

                    int from = (int)((Math.Max(range.Start, start) - start) >> PageSize.Shift);
                    int to = (int)(Math.Min(range.End - start, PageHistories.ChunkBytes) >> PageSize.Shift);
                    BitRun.Set(Candidates(_blocks.Count - 1), from, to);
                }
            }
        }
    }

    /// <summary>Starts a prediction for every page that the histories know.</summary>
    /// <param name="histories">The histories.</param>
    public void PrepareAll(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        Clear();
        for (int i = 0; i < histories.Processes.Count; i++)
        {
            ProcessHistory process = histories.Processes[i];
            foreach (int chunk in process.Chunks)
            {
                Add(new PredictionBlock(process.ProcessId, histories.StartOf(chunk), chunk), histories.KnownPages(chunk));
            }
        }
    }

    /// <summary>Removes all blocks.</summary>
    public void Clear()
    {
        _blocks.Clear();
        Thresholds.Fill(0.5f);
    }

    /// <summary>Adds a block behind the others.</summary>
    /// <param name="block">The block; behind the last one of its process.</param>
    /// <param name="candidates">One bit a page: the candidates.</param>
    public void Add(PredictionBlock block, ReadOnlySpan<ulong> candidates)
    {
        Add(block);
        candidates.CopyTo(Candidates(_blocks.Count - 1));
    }

    /// <summary>The candidates of a block, one bit for each page of the chunk.</summary>
    /// <param name="block">The index in <see cref="Blocks"/>.</param>
    public Span<ulong> Candidates(int block) => _candidates.AsSpan(block * PageHistories.ChunkWords, PageHistories.ChunkWords);

    /// <summary>The probabilities of the pages of a block, one for each page of the chunk; those of pages that are no candidates mean nothing.</summary>
    /// <param name="block">The index in <see cref="Blocks"/>.</param>
    /// <param name="horizon">0 for the next sample, up to <see cref="Horizons"/> - 1.</param>
    public Span<float> Probabilities(int block, int horizon) =>
        _probabilities.AsSpan(((block * Horizons) + horizon) * PageHistories.ChunkPages, PageHistories.ChunkPages);

    /// <summary>The candidates that are predicted to be written, one bit for each page of the chunk.</summary>
    /// <param name="block">The index in <see cref="Blocks"/>.</param>
    /// <param name="horizon">0 for the next sample, up to <see cref="Horizons"/> - 1.</param>
    /// <param name="dirty">Receives <see cref="PageHistories.ChunkWords"/> words.</param>
    public void PredictedDirty(int block, int horizon, Span<ulong> dirty)
    {
        ThresholdMask.Fill(Probabilities(block, horizon), _thresholds[horizon], dirty);
        for (int i = 0; i < PageHistories.ChunkWords; i++)
        {
            dirty[i] &= Candidates(block)[i];
        }
    }

    /// <summary>Adds the candidates that are predicted to be written to a set.</summary>
    /// <param name="horizon">0 for the next sample, up to <see cref="Horizons"/> - 1.</param>
    /// <param name="predictedDirty">Receives them; empty before, as they are appended in the order of their addresses.</param>
    public void CollectDirty(int horizon, PageSet predictedDirty)
    {
        ArgumentNullException.ThrowIfNull(predictedDirty);
        Span<ulong> dirty = stackalloc ulong[PageHistories.ChunkWords];
        for (int block = 0; block < _blocks.Count; block++)
        {
            PredictedDirty(block, horizon, dirty);
            BitRun.AddTo(dirty, _blocks[block].Start, _blocks[block].ProcessId, predictedDirty);
        }
    }

    private void Add(PredictionBlock block)
    {
        _blocks.Add(block);
        int words = _blocks.Count * PageHistories.ChunkWords;
        if (words > _candidates.Length)
        {
            int blocks = Math.Max(16, _blocks.Count + (_blocks.Count / 2));
            Array.Resize(ref _candidates, blocks * PageHistories.ChunkWords);
            Array.Resize(ref _probabilities, blocks * Horizons * PageHistories.ChunkPages);
        }

        Candidates(_blocks.Count - 1).Clear();
    }
}
