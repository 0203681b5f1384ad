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
    public void Run_AnyNumberOfBlocks_DoesEachOnceInItsHalf(int blocks)
    {
        var pass = new CountingPass();
        for (int run = 0; run < 200; run++)
        {
            Run(pass, blocks);
        }

        pass.Done.Take(blocks).Should().Equal(Enumerable.Repeat(200, blocks));
        pass.HalfOf.Take(blocks).Should().Equal(Enumerable.Range(0, blocks).Select(block => block < blocks / 2 ? 0 : 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Run_OneHalfThrows_TheCallerGetsTheExceptionAndTheNextRunWorks(int failing)
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
        public int[] Done { get; } = new int[32];

        public int[] HalfOf { get; } = new int[32];

        public int Failing { get; set; } = -1;

        protected override void Do(PageHistories histories, PagePrediction prediction, int half, int from, int to)
        {
            for (int block = from; block < to; block++)
            {
                if (block == Failing)
                {
                    throw new InvalidOperationException("as the test wants");
                }

                Done[block]++;
                HalfOf[block] = half;
            }
        }
    }
}
