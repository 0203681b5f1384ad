using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Blocks;

public sealed class BlockPassTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(170)]
    public void Run_AnyNumberOfBlocks_DoesEachOnceInTheSameRunEachTime(int blocks)
    {
        var pass = new CountingPass();
        Run(pass, blocks);
        int[] first = [.. pass.RunOf];
        for (int i = 1; i < 200; i++)
        {
            Run(pass, blocks);
            pass.RunOf.Should().Equal(first);
        }

        pass.Done.Take(blocks).Should().Equal(Enumerable.Repeat(200, blocks));
        first.Take(blocks).Should().BeInAscendingOrder().And.NotContain(static run => run >= BlockPass.MostRuns);
    }

    [Fact]
    public void Run_OneWorkerIsHeldUp_TheOtherDoesWhatIsLeft()
    {
        Assert.SkipWhen(Environment.ProcessorCount < BlockPass.Workers, "needs two processors");
        using var othersDone = new ManualResetEventSlim();
        var pass = new CountingPass { HeldUp = othersDone, Blocks = 64 };

        Run(pass, 64);

        pass.Done.Take(64).Should().OnlyContain(static times => times == 1);
        pass.WorkerOf.Take(64).Count(worker => worker == pass.WorkerOf[0]).Should().Be(pass.RunOf.Take(64).Count(static run => run == 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Run_OneRunThrows_TheCallerGetsTheExceptionAndTheNextPassWorks(int failing)
    {
        var pass = new CountingPass { Failing = failing };
        FluentActions.Invoking(() => Run(pass, 25)).Should().Throw<InvalidOperationException>();

        pass.Failing = -1;
        Array.Clear(pass.Done);
        Run(pass, 25);
        pass.Done.Take(25).Should().OnlyContain(static times => times == 1);
    }

    private static void Run(BlockPass pass, int blocks)
    {
        var prediction = new PagePrediction();
        for (int i = 0; i < blocks; i++)
        {
            prediction.Add(new PredictionBlock(1, (ulong)i * PageHistories.ChunkBytes, 0), new ulong[PageHistories.ChunkWords]);
        }

        pass.Run(new PageHistories(), prediction);
    }

    private sealed class CountingPass : BlockPass
    {
        private int _done;
        private int _heldUp;

        public int[] Done { get; } = new int[256];

        public int[] RunOf { get; } = new int[256];

        public int[] WorkerOf { get; } = new int[256];

        public int Failing { get; set; } = -1;

        /// <summary>The first run waits for it; it is set when all others are done.</summary>
        public ManualResetEventSlim? HeldUp { get; init; }

        public int Blocks { get; init; }

        protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
        {
            if (HeldUp is not null && run.Index == 0)
            {
                Volatile.Write(ref _heldUp, run.To);
                HeldUp.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue("somebody else does the others");
            }

            for (int block = run.From; block < run.To; block++)
            {
                if (block == Failing)
                {
                    throw new InvalidOperationException("as the test wants");
                }

                Done[block]++;
                (RunOf[block], WorkerOf[block]) = (run.Index, run.Worker);
            }

            // The others wait for the first to be held up: it is taken before them.
            if (HeldUp is not null && Interlocked.Add(ref _done, run.To - run.From) == Blocks - FirstLength())
            {
                HeldUp.Set();
            }
        }

        private int FirstLength()
        {
            SpinWait.SpinUntil(() => Volatile.Read(ref _heldUp) > 0, TimeSpan.FromSeconds(30)).Should().BeTrue();
            return _heldUp;
        }
    }
}
