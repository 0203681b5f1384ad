using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;
using U2CMigration.Prediction.Traces.Synthetic;

namespace U2CMigration.Prediction.Tests.Traces.Synthetic;

public sealed class SyntheticWorkloadTests
{
    private const int Bins = 20;

    public static TheoryData<string, int> WorkloadsAndHorizons()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in new[] { "zipfian", "uniform", "sweep", "steady sweep", "hot set", "restless hot set" })
        {
            for (int horizon = 1; horizon <= 3; horizon++)
            {
                data.Add(name, horizon);
            }
        }

        return data;
    }

    /// <summary>The stated probabilities are those that the pages are written with: in every bin of stated probability, as many are written as it says.</summary>
    [Theory]
    [MemberData(nameof(WorkloadsAndHorizons))]
    public void Predict_OverManySamples_IsCalibrated(string name, int horizon)
    {
        ISyntheticWorkload workload = Make(name, 1);
        double[] stated = new double[Bins];
        double[] variance = new double[Bins];
        double[] seen = new double[Bins];
        bool[] written = new bool[workload.Pages];
        var predictions = new Queue<double[]>();
        for (int sample = 0; sample < 3000; sample++)
        {
            workload.Advance(written);
            if (predictions.Count == horizon)
            {
                double[] predicted = predictions.Dequeue();
                for (int page = 0; page < predicted.Length; page++)
                {
                    double p = predicted[page];
                    p.Should().BeInRange(0, 1);
                    int bin = Math.Min(Bins - 1, (int)(p * Bins));
                    stated[bin] += p;
                    variance[bin] += p * (1 - p);
                    seen[bin] += written[page] ? 1 : 0;
                }
            }

            double[] next = new double[workload.Pages];
            workload.Predict(horizon, next);
            predictions.Enqueue(next);
        }

        for (int bin = 0; bin < Bins; bin++)
        {
            // Pages of a sweep are not independent of each other, so the allowance is far above five standard deviations of independent ones.
            seen[bin].Should().BeApproximately(stated[bin], (30 * Math.Sqrt(variance[bin])) + 1e-6, $"bin {bin}");
        }
    }

    [Theory]
    [MemberData(nameof(WorkloadsAndHorizons))]
    public void Predict_SumOverPages_IsTheMeanNumberWritten(string name, int horizon)
    {
        ISyntheticWorkload workload = Make(name, 2);
        bool[] written = new bool[workload.Pages];
        double[] probabilities = new double[workload.Pages];
        double stated = 0;
        double seen = 0;
        for (int sample = 0; sample < 3000; sample++)
        {
            workload.Predict(horizon, probabilities);
            stated += probabilities.Sum();
            workload.Advance(written);
            seen += written.Count(static w => w);
        }

        seen.Should().BeApproximately(stated, 0.03 * stated);
    }

    [Fact]
    public void Advance_SameSeed_WritesTheSame()
    {
        foreach ((ISyntheticWorkload a, ISyntheticWorkload b) in SyntheticTrace.Standard(7).Zip(SyntheticTrace.Standard(7)))
        {
            bool[] first = new bool[a.Pages];
            bool[] second = new bool[b.Pages];
            for (int sample = 0; sample < 5; sample++)
            {
                a.Advance(first);
                b.Advance(second);
                second.Should().Equal(first);
            }
        }
    }

    [Fact]
    public void Predict_SweepFurtherThanItsRound_IsRefused() =>
        FluentActions.Invoking(() => new JitteredSweep(100, 30, 3, 1).Predict(4, new double[100])).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Record_AWorkload_HasAllPagesFirstAndThenWhatItWrites()
    {
        PageTrace trace = SyntheticTrace.Record(Make("hot set", 3), 4, TimeSpan.FromMilliseconds(250));
        ISyntheticWorkload again = Make("hot set", 3);
        bool[] written = new bool[again.Pages];

        trace.Samples[0].Dirty.PageCount.Should().Be(again.Pages);
        trace.Header.KnownModel.Should().Be(again.Law);
        foreach (TraceSample sample in trace.Samples.Skip(1))
        {
            again.Advance(written);
            sample.Dirty.PageCount.Should().Be(written.Count(static w => w));
            sample.Dirty.Processes[0].Ranges.ToArray().SelectMany(PagesOf).Should().OnlyContain(page => written[page]);
        }
    }

    private static IEnumerable<int> PagesOf(PageRange range) =>
        Enumerable.Range((int)((range.Start - SyntheticTrace.FirstAddress) >> PageSize.Shift), (int)range.Pages);

    private static ISyntheticWorkload Make(string name, int seed) => name switch
    {
        "zipfian" => new ZipfianWrites(200, 60, 0.99, seed),
        "uniform" => new ZipfianWrites(200, 60, 0, seed),
        "sweep" => new JitteredSweep(200, 20, 7, seed),
        "steady sweep" => new JitteredSweep(200, 20, 0, seed),
        "hot set" => new MovingHotSet(200, 30, 0.1, 0.7, 0.02, seed),
        _ => new MovingHotSet(200, 150, 1, 0.9, 0, seed),
    };
}
