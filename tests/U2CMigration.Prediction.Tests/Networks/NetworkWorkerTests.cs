using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Networks;

public sealed class NetworkWorkerTests
{
    private const int Blocks = 20;

    // Some runs bring more different inputs than are kept, others none that is new.
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Answer_RunAfterRun_GivesEachPageTheResultOfItsInput(int different)
    {
        PageHistories histories = RandomHistories.Create(1, Blocks * PageHistories.ChunkPages, 20);
        var candidates = new PagePrediction();
        candidates.PrepareAll(histories);
        var starts = new CandidateStarts();
        starts.Fill(candidates);
        var answers = new ModelAnswers();
        answers.Begin(starts.Count);
        var worker = new RemainderWorker(different);
        var view = new BlockView();
        worker.Begin();
        for (int block = 0; block < Blocks; block++)
        {
            view.Load(histories, candidates, block);
            worker.Collect(view, answers, starts[block]);
            if (block % 3 == 2 || block == Blocks - 1)
            {
                worker.Answer(answers);
            }
        }

        var inputs = new HashSet<ulong>();
        for (int page = 0; page < Blocks * PageHistories.ChunkPages; page++)
        {
            ulong input = RandomHistories.WordOf(histories, page) % (ulong)different;
            inputs.Add(input);
            answers.Of(0)[page].Should().BeApproximately(Logit.ToProbability(input / 1e6f), 1e-6f);
        }

        worker.Evaluated.Should().BeGreaterThanOrEqualTo(inputs.Count);
        if (inputs.Count < 4096)
        {
            worker.Evaluated.Should().Be(inputs.Count);
            worker.Calls.Should().BeLessThanOrEqualTo((inputs.Count / 16) + 7, "a run evaluates the new ones, and at most once more those beside them");
        }
    }

    /// <summary>What it sees of a page is the remainder of its history; its logit is a millionth of that.</summary>
    private sealed class RemainderWorker(int different) : NetworkWorker<ulong>
    {
        private readonly Vector512<float>[] _logits = new Vector512<float>[PagePrediction.Horizons];
        private readonly ulong[] _words = new ulong[PageHistories.ChunkPages];

        public int Calls { get; private set; }

        protected override void Open(BlockView block) => block.Words.CopyTo(_words);

        protected override void Read(int page, out ulong input) => input = _words[page] % (ulong)different;

        protected internal override ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<ulong> inputs)
        {
            Calls++;
            for (int lane = 0; lane < inputs.Length; lane++)
            {
                _logits[0] = _logits[0].WithElement(lane, inputs[lane] / 1e6f);
            }

            return _logits;
        }
    }
}
