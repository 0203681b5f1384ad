using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary>A trace as a table of bits: a row for each page that ever existed, in the order of processes and addresses; a column for each sample.</summary>
internal sealed class BitRows
{
    private readonly bool[] _dirty;

    private BitRows(int pages, int samples)
    {
        Pages = pages;
        Samples = samples;
        _dirty = new bool[(long)pages * samples];
    }

    internal int Pages { get; }

    internal int Samples { get; }

    internal bool this[int page, int sample] => _dirty[((long)page * Samples) + sample];

    /// <summary>The bits of one page, oldest first.</summary>
    internal ReadOnlySpan<bool> Row(int page) => _dirty.AsSpan(page * Samples, Samples);

    internal static BitRows Of(PageTrace trace) => Of(trace, static sample => sample.Dirty);

    /// <summary>The same rows, with what a predictor says of each sample when it has seen those before; nothing for the first.</summary>
    internal static BitRows Predicted(PageTrace trace, IPagePredictor predictor)
    {
        var histories = new PageHistories();
        var prediction = new PagePrediction();
        return Of(trace, sample =>
        {
            var predicted = new PageSet();
            prediction.CollectDirty(0, predicted);
            histories.Observe(sample);
            predictor.Learn(histories);
            prediction.PrepareAll(histories);
            predictor.Predict(histories, prediction);
            return predicted;
        });
    }

    private static BitRows Of(PageTrace trace, Func<TraceSample, PageSet> pagesOf)
    {
        SortedDictionary<int, List<PageRange>> all = Union(trace);
        var first = new Dictionary<int, int>();
        int pages = 0;
        foreach ((int process, List<PageRange> ranges) in all)
        {
            first[process] = pages;
            pages += (int)ranges.Sum(static range => range.Pages);
        }

        var rows = new BitRows(pages, trace.Samples.Count);
        for (int sample = 0; sample < trace.Samples.Count; sample++)
        {
            foreach (ProcessPages process in pagesOf(trace.Samples[sample]).Processes)
            {
                rows.Mark(all[process.ProcessId], first[process.ProcessId], process.Ranges, sample);
            }
        }

        return rows;
    }

    private void Mark(List<PageRange> known, int firstRow, ReadOnlySpan<PageRange> dirty, int sample)
    {
        int at = 0;
        long row = firstRow;
        foreach (PageRange range in dirty)
        {
            while (known[at].End <= range.Start)
            {
                row += known[at++].Pages;
            }

            // Every range lies inside one of the union.
            long page = row + (long)((range.Start - known[at].Start) >> PageSize.Shift);
            for (long end = page + range.Pages; page < end; page++)
            {
                _dirty[(page * Samples) + sample] = true;
            }
        }
    }

    private static SortedDictionary<int, List<PageRange>> Union(PageTrace trace)
    {
        var union = new PageSet();
        foreach (TraceSample sample in trace.Samples)
        {
            var next = new PageSet();
            union.UnionTo(sample.Dirty, next);
            union = next;
        }

        return new SortedDictionary<int, List<PageRange>>(union.Processes.ToDictionary(static p => p.ProcessId, static p => p.Ranges.ToArray().ToList()));
    }
}
