using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Puts what several models said about the candidates of a prediction together.</summary>
/// <param name="weights">How.</param>
/// <param name="models">What they said; only those that are needed were asked.</param>
/// <param name="asked">How the candidates are numbered.</param>
internal sealed class BlendPass(BlendWeights weights, GuardedModel[] models, ModelPass asked) : BlockPass
{
    private readonly CandidateLogits[] _logits = [new(models.Length), new(models.Length)];
    private readonly ExpectedScore[] _scores = [.. Enumerable.Range(0, MostRuns * PagePrediction.Horizons).Select(static _ => new ExpectedScore())];
    private readonly ModelAnswers _answers = new();
    private PagePrediction? _result;
    private IReadOnlyList<int>? _blocks;

    /// <summary>Puts them together.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="candidates">The pages that were asked about.</param>
    /// <param name="result">Receives the probabilities.</param>
    /// <param name="blocks">Where in the result each block of the candidates is; null where it has the same.</param>
    public void Blend(PageHistories histories, PagePrediction candidates, PagePrediction result, IReadOnlyList<int>? blocks)
    {
        _answers.Begin(asked.Starts.Count);
        (_result, _blocks) = (result, blocks);
        foreach (ExpectedScore score in _scores)
        {
            score.Clear();
        }

        Run(histories, candidates);
        (_result, _blocks) = (null, null);
    }

    /// <summary>Adds the probabilities of the last blend to a score.</summary>
    public void AddTo(ExpectedScore score, int horizon)
    {
        for (int run = 0; run < MostRuns; run++)
        {
            score.Add(ScoreOf(run, horizon));
        }
    }

    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
    {
        CandidateLogits logits = _logits[run.Worker];
        int end = asked.Starts[run.To];
        for (int first = asked.Starts[run.From]; first < end; first += CandidateLogits.Most)
        {
            int count = Math.Min(CandidateLogits.Most, end - first);
            logits.Begin(asked.LastValues.Slice(first, count));
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                Combine(logits, first, _answers.Of(horizon).Slice(first, count), horizon, ScoreOf(run.Index, horizon));
            }
        }

        for (int block = run.From; block < run.To; block++)
        {
            AnswerSpread.Copy(_answers, asked.Starts[block], prediction.Candidates(block), _result!, _blocks is null ? block : _blocks[block]);
        }
    }

    private void Combine(CandidateLogits logits, int first, Span<float> sums, int horizon, ExpectedScore score)
    {
        for (int i = 0; i < models.Length; i++)
        {
            if (weights.Needs(horizon, i))
            {
                logits.Take(i, models[i].Answers.Of(horizon).Slice(first, sums.Length));
            }
        }

        sums.Clear();
        for (int source = 0; source <= weights.Mixture; source++)
        {
            if (weights.ShareOf(horizon, source) > 0)
            {
                ReadOnlySpan<float> used = source == weights.Mixture ? logits.Mix(weights.MixerOf(horizon, false), weights.MixerOf(horizon, true)) : logits.Of(source);
                ProbabilityCalibration.AddMapped(weights.MapOf(horizon, source), used, sums);
            }
        }

        foreach (ref float sum in sums)
        {
            // The shares of the sources make 1 but for rounding.
            sum = Math.Min(sum, 1);
            score.Add(sum);
        }
    }

    private ExpectedScore ScoreOf(int run, int horizon) => _scores[(run * PagePrediction.Horizons) + horizon];
}
