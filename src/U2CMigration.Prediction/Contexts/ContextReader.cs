using System.Numerics;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Predicts the pages of one block from the tables, for all horizons at once. One for each thread.</summary>
internal sealed class ContextReader(ContextTable[] tables, ContextMixers mixers)
{
    private readonly ChunkView _view = new();
    private readonly int[] _groups = new int[PageContexts.Count];
    private readonly Vector128<float>[] _logits = new Vector128<float>[PageContexts.Count];

    /// <summary>Predicts the candidates of a block.</summary>
    public void Predict(PageHistories histories, PagePrediction prediction, int block, MomentFinder moments, WriteFronts fronts)
    {
        _view.Load(histories, prediction.Blocks[block].Chunk);
        PageView view = _view.Shared(0, moments);
        Span<float> next = prediction.Probabilities(block, 0);
        Span<float> second = prediction.Probabilities(block, 1);
        Span<float> third = prediction.Probabilities(block, 2);
        ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                int page = (word * 64) + BitOperations.TrailingZeroCount(bits);
                _view.Look(page, 0, fronts, ref view);
                Read(view);
                Vector128<float> mixed = mixers.Mix(view.Word, _logits);
                (next[page], second[page], third[page]) = (Logit.ToProbability(mixed[0]), Logit.ToProbability(mixed[1]), Logit.ToProbability(mixed[2]));
            }
        }
    }

    private void Read(in PageView view)
    {
        PageContexts.Find(view, _groups);
        for (int i = 0; i < PageContexts.LongMoments; i++)
        {
            _logits[i] = i != PageContexts.Moments ? tables[i].LogOdds(_groups[i]) : default;
        }

        (int then0, int long0) = PageContexts.FindAhead(view, 0);
        (int then1, int long1) = PageContexts.FindAhead(view, 1);
        (int then2, int long2) = PageContexts.FindAhead(view, 2);
        ContextTable then = tables[PageContexts.Moments];
        ContextTable longest = tables[PageContexts.LongMoments];
        _logits[PageContexts.Moments] = Vector128.Create(then.LogOdds(then0, 0), then.LogOdds(then1, 1), then.LogOdds(then2, 2), 0);
        _logits[PageContexts.LongMoments] = Vector128.Create(longest.LogOdds(long0, 0), longest.LogOdds(long1, 1), longest.LogOdds(long2, 2), 0);
    }
}
