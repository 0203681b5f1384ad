using System.Diagnostics;
using TraceLab.Workloads;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Recording;

/// <summary>Samples the pages of a process tree at a steady interval.</summary>
internal static class TraceRecorder
{
    /// <summary>Records. What goes before the first sample is not in the trace.</summary>
    /// <param name="processId">The root of the tree.</param>
    /// <param name="workload">Watched if it was started here; null otherwise.</param>
    /// <param name="header">Completed with what is known only now.</param>
    /// <param name="count">How many samples, the first included.</param>
    /// <param name="progress">Told the number of samples taken.</param>
    /// <param name="cancellationToken">Ends the recording without a trace.</param>
    internal static PageTrace Record(int processId, IWorkload? workload, TraceHeader header, int count, IProgress<int> progress, CancellationToken cancellationToken)
    {
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.Auto, processId);
        using var system = new SystemSampler(processId);
        var samples = new List<TraceSample>(count);
        DateTimeOffset begin = TimeProvider.System.GetUtcNow();
        long last = Stopwatch.GetTimestamp();
        long due = last;
        long interval = (long)(header.Interval.TotalSeconds * Stopwatch.Frequency);
        while (samples.Count < count)
        {
            var dirty = new PageSet();
            tracker.Collect(dirty, cancellationToken);
            long now = Stopwatch.GetTimestamp();
            samples.Add(new TraceSample(samples.Count == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(last, now), dirty, null, system.Sample()));
            last = now;
            workload?.ThrowIfBroken();
            progress.Report(samples.Count);

            // By the clock, not by adding up: an interval does not grow by what a sample takes. What is late stays late: no short interval follows
            // a long one, nor the first sample, which takes long because it attaches.
            due += interval;
            if (due <= now || samples.Count == 1)
            {
                due = now + interval;
            }

            cancellationToken.WaitHandle.WaitOne(Stopwatch.GetElapsedTime(now, due));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new PageTrace(header with { RecordedAt = begin, Tracker = tracker.Name }, samples);
    }
}
