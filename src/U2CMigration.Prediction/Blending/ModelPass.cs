using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Asks several models about all candidates of a prediction, block by block.</summary>
internal sealed class ModelPass(GuardedModel[] models) : BlockPass
{
    private readonly BlockView[] _views = [new(), new()];
    private readonly bool[] _asked = new bool[models.Length];
    private float[] _lastValues = [];

    /// <summary>Where the candidates of each block begin in the answers.</summary>
    public CandidateStarts Starts { get; } = new();

    /// <summary>Whether each candidate was written in the newest sample: 1 or 0.</summary>
    public ReadOnlySpan<float> LastValues => _lastValues.AsSpan(0, Starts.Count);

    /// <summary>Asks.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="candidates">About which pages; its probabilities stay as they are.</param>
    /// <param name="weights">Says which models are needed; null for all.</param>
    public void Ask(PageHistories histories, PagePrediction candidates, BlendWeights? weights)
    {
        Starts.Fill(candidates);
        if (_lastValues.Length < Starts.Count)
        {
            _lastValues = new float[Starts.Count + (Starts.Count / 2)];
        }

        for (int i = 0; i < models.Length; i++)
        {
            _asked[i] = weights is null || weights.Needs(i);
            if (_asked[i])
            {
                models[i].Begin(histories, candidates, Starts.Count);
            }
        }

        Run(histories, candidates);
        for (int i = 0; i < models.Length; i++)
        {
            if (_asked[i])
            {
                models[i].Complete(LastValues);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
    {
        BlockView view = _views[run.Worker];
        for (int block = run.From; block < run.To; block++)
        {
            int at = Starts[block];
            view.Load(histories, prediction, block);
            foreach (int page in view.Pages)
            {
                _lastValues[at++] = view.Words[page] & 1;
            }

            for (int i = 0; i < models.Length; i++)
            {
                if (_asked[i])
                {
                    models[i].Predict(view, run.Worker, Starts[block]);
                }
            }
        }

        for (int i = 0; i < models.Length; i++)
        {
            if (_asked[i])
            {
                models[i].End(run.Worker, Starts[run.From], Starts[run.To]);
            }
        }
    }
}
