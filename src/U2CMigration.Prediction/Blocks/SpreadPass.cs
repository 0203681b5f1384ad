using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Asks one model about all candidates of a prediction, and puts the answers where they belong.</summary>
internal sealed class SpreadPass(IBlockModel model) : BlockPass
{
    private readonly BlockView[] _views = [new(), new()];
    private readonly CandidateStarts _starts = new();
    private readonly ModelAnswers _answers = new();

    /// <summary>Predicts.</summary>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        _starts.Fill(prediction);
        _answers.Begin(_starts.Count);
        model.Begin(histories, prediction);
        Run(histories, prediction);
    }

    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
    {
        BlockView view = _views[run.Worker];
        for (int block = run.From; block < run.To; block++)
        {
            view.Load(histories, prediction, block);
            model.Predict(view, run.Worker, _answers, _starts[block]);
        }

        model.End(run.Worker, _answers);
        for (int block = run.From; block < run.To; block++)
        {
            AnswerSpread.Copy(_answers, _starts[block], prediction.Candidates(block), prediction, block);
        }
    }
}
