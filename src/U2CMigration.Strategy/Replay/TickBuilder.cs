using U2CMigration.Prediction.Traces;

namespace U2CMigration.Strategy.Replay;

/// <summary>Cuts the samples of a trace into ticks.</summary>
internal sealed class TickBuilder
{
    public TickBuilder(PageTrace trace, PageNumbers numbers, int copies, int seed)
    {
        int[][] pages = [.. trace.Samples.Skip(1).Select(sample => numbers.Of(sample.Dirty).ToArray())];
        int[] written = new int[numbers.Count];
        foreach (int page in pages.SelectMany(static sample => sample))
        {
            written[page]++;
        }

        var ends = new List<TimeSpan>();
        var samples = new List<int>();
        var ticks = new List<List<int>>();
        var model = new WriteModel(seed, pages.Length);
        TimeSpan start = TimeSpan.Zero;
        for (int i = 0; i < pages.Length; i++)
        {
            TimeSpan interval = trace.Samples[i + 1].Interval;
            if (interval <= TimeSpan.Zero)
            {
                continue;
            }

            int parts = Math.Max(1, (int)Math.Round(interval / TraceTimeline.TickLength));
            int first = ticks.Count;
            for (int part = 0; part < parts; part++)
            {
                ends.Add(start + (interval * (part + 1) / parts));
                samples.Add(i + 1);
                ticks.Add([]);
            }

            start += interval;
            for (int copy = 0; copy < copies; copy++)
            {
                foreach (int page in pages[i])
                {
                    int number = (copy * numbers.Count) + page;
                    model.Place(number, i, written[page], parts, part => ticks[first + part].Add(number));
                }
            }
        }

        (Ends, SampleOfTick, Ticks) = ([.. ends], [.. samples], [.. ticks.Select(static tick => tick.ToArray())]);
    }

    /// <summary>When each tick ends.</summary>
    public TimeSpan[] Ends { get; }

    /// <summary>Which sample each tick belongs to.</summary>
    public int[] SampleOfTick { get; }

    /// <summary>The pages written in each tick.</summary>
    public int[][] Ticks { get; }
}
