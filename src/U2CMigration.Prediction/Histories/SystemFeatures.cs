using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Prediction.Histories;

/// <summary>What the system did in each of the last samples, in figures that mean the same on every machine.</summary>
/// <remarks>Counters as differences between samples, gauges as they are; each then in standard deviations from its mean so far (see <see cref="Row"/>).</remarks>
public sealed class SystemFeatures
{
    /// <summary>
    /// How many figures a sample has: page faults, pages in, pages out, context switches, soft interrupts, free memory (as a difference), bytes written, processor
    /// pressure, runnable tasks (as they are), in this order.
    /// </summary>
    public const int Count = 9;

    private readonly float[] _rows = new float[PageHistories.Depth * Count];
    private readonly RunningScale[] _scales = [.. Enumerable.Range(0, Count).Select(static _ => new RunningScale())];
    private SystemSample _before;
    private long _samples;

    /// <summary>The figures of a sample, <see cref="Count"/> of them, between -8 and 8; 0 where nothing is known.</summary>
    /// <param name="age">0 for the newest sample, up to <see cref="PageHistories.Depth"/> - 1.</param>
    public ReadOnlySpan<float> Row(int age) => RowAt(_samples - 1 - age);

    internal void Observe(in SystemSample sample)
    {
        Span<double> values =
        [
            (double)sample.PageFaults - _before.PageFaults,
            (double)sample.PagesIn - _before.PagesIn,
            (double)sample.PagesOut - _before.PagesOut,
            (double)sample.ContextSwitches - _before.ContextSwitches,
            (double)sample.SoftInterrupts - _before.SoftInterrupts,
            (double)sample.FreeMemoryBytes - _before.FreeMemoryBytes,
            (double)sample.BytesWritten - _before.BytesWritten,
            (double)sample.CpuPressureMicroseconds - _before.CpuPressureMicroseconds,
            sample.RunnableTasks,
        ];
        Span<float> row = RowAt(_samples);
        for (int i = 0; i < Count; i++)
        {
            // The first sample has nothing to differ from.
            row[i] = _samples == 0 ? 0 : _scales[i].Next(values[i]);
        }

        _before = sample;
        _samples++;
    }

    private Span<float> RowAt(long sample) => _rows.AsSpan((int)(sample & (PageHistories.Depth - 1)) * Count, Count);
}
