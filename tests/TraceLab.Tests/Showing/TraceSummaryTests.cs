using TraceLab.Showing;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Tests.Showing;

public sealed class TraceSummaryTests
{
    /// <summary>Four pages: never written again, always, every other time, once. The last one is new in sample 2.</summary>
    private static readonly PageTrace Trace = Make("1110", "0110", "0101", "0110", "0100");

    [Fact]
    public void Of_KnownTrace_GivesSharesOfAllPagesEver()
    {
        TraceSummary summary = TraceSummary.Of(Trace);

        summary.Samples.Should().Be(5);
        summary.Pages.Should().Be(3);
        summary.PagesEver.Should().Be(4);
        summary.DirtyShare.Should().BeApproximately(7 / 16.0, 1e-9);
        summary.WrittenShare.Should().BeApproximately(3 / 4.0, 1e-9);
        summary.MeanIntervalMs.Should().Be(250);
    }

    [Fact]
    public void Of_KnownTrace_CountsPagesWhoseLastThreeBitsDiffer()
    {
        // Samples 3 and 4 have three bits behind the first: page 2 has 101 and 010, page 3 has 010 and 100.
        TraceSummary.Of(Trace).UnstableShare.Should().BeApproximately(4 / 8.0, 1e-9);
    }

    [Fact]
    public void Of_KnownTrace_PersistenceIsTheShareDirtyAgain()
    {
        // Dirty in samples 1 to 3: 2 + 2 + 2; of these dirty in the next: page 1 three times.
        TraceSummary.Of(Trace).Persistence.Should().BeApproximately(3 / 6.0, 1e-9);
    }

    [Fact]
    public void Of_TwoProcesses_RowsAreInOrderOfProcessAndAddress()
    {
        var first = new PageSet();
        first.Add(2, 0x1000, 0x2000);
        first.Add(1, 0x9000, 0xa000);
        var second = new PageSet();
        second.Add(2, 0x5000, 0x7000);
        PageTrace trace = Trace with { Samples = [new TraceSample(default, first, null, default), new TraceSample(TimeSpan.FromSeconds(1), second, null, default)] };

        BitRows rows = BitRows.Of(trace);

        rows.Pages.Should().Be(4);
        Enumerable.Range(0, 4).Select(page => (rows[page, 0], rows[page, 1])).Should().Equal((true, false), (true, false), (false, true), (false, true));
    }

    [Fact]
    public void Predicted_LastValue_IsTheSampleBefore()
    {
        BitRows written = BitRows.Of(Trace);
        BitRows predicted = BitRows.Predicted(Trace, new LastValuePredictor());

        predicted.Pages.Should().Be(written.Pages);
        for (int page = 0; page < written.Pages; page++)
        {
            // The first sample says what there is, not what was written: nothing follows from it.
            predicted.Row(page)[..2].ToArray().Should().Equal(false, false);
            predicted.Row(page)[2..].ToArray().Should().Equal(written.Row(page)[1..^1].ToArray());
        }
    }

    private static PageTrace Make(params string[] samples)
    {
        var header = new TraceHeader { Family = "f", Workload = "w", Load = "light", Interval = TimeSpan.FromMilliseconds(250), RecordedAt = default, Kernel = "k", Tracker = "t" };
        return new PageTrace(header, [.. samples.Select((bits, index) => new TraceSample(TimeSpan.FromMilliseconds(index == 0 ? 0 : 250), Pages(bits), null, default))]);
    }

    private static PageSet Pages(string bits)
    {
        var pages = new PageSet();
        pages.Of(1);
        for (int page = 0; page < bits.Length; page++)
        {
            if (bits[page] == '1')
            {
                pages.Add(1, (ulong)(page + 16) << PageSize.Shift, (ulong)(page + 17) << PageSize.Shift);
            }
        }

        return pages;
    }
}
