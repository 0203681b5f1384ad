using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Predicts the pages of one block from the tables, for all horizons at once. One for each thread.</summary>
internal sealed class ContextReader(ContextTable[] tables, ContextMixers mixers)
{
    private readonly ChunkView _view = new();
    private readonly int[] _groups = new int[PageContexts.Count];
    private readonly int[][] _ahead = [.. Enumerable.Range(0, PagePrediction.Horizons).Select(static _ => new int[PageContexts.Count])];
    private readonly Vector128<float>[] _logits = new Vector128<float>[PageContexts.Count];

    /// <summary>Predicts the candidates of a block.</summary>
    public void Predict(BlockView block, ModelAnswers answers, int at, MomentFinder moments, WriteFronts fronts)
    {
        if (block.Pages.IsEmpty)
        {
            return;
        }

        _view.Load(block);
        PageView view = _view.Shared(0, moments);
        foreach (int page in block.Pages)
        {
            _view.Look(page, 0, fronts, ref view);
            Read(view);
            Vector128<float> mixed = mixers.Mix(view.Word, _logits);
            answers.Set(at++, Logit.ToProbability(mixed[0]), Logit.ToProbability(mixed[1]), Logit.ToProbability(mixed[2]));
        }
    }

    private void Read(in PageView view)
    {
        PageContexts.Find(view, _groups);
        for (int i = 0; i < PageContexts.FirstAhead; i++)
        {
            _logits[i] = tables[i].LogOdds(_groups[i]);
        }

        var matches = new OwnMatches(view.Word, view.Samples);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            PageContexts.FindAhead(view, matches, horizon, _ahead[horizon]);
        }

        for (int i = PageContexts.FirstAhead; i < PageContexts.Count; i++)
        {
            _logits[i] = Vector128.Create(tables[i].LogOdds(_ahead[0][i], 0), tables[i].LogOdds(_ahead[1][i], 1), tables[i].LogOdds(_ahead[2][i], 2), 0);
        }
    }
}
