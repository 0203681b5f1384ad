using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Prediction.Traces;

/// <summary>Encodes the samples of a trace as numbers of variable length: small differences take one byte.</summary>
internal sealed class BodyWriter(MemoryStream output)
{
    private SystemSample _last;

    internal void Write(IReadOnlyList<TraceSample> samples)
    {
        Write((ulong)samples.Count);
        foreach (TraceSample sample in samples)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(sample.Interval, TimeSpan.Zero, nameof(samples));
            output.WriteByte(sample.Accessed is null ? (byte)0 : TraceFormat.AccessedFlag);
            Write((ulong)sample.Interval.Ticks);
            Write(sample.System);
            Write(sample.Dirty);
            if (sample.Accessed is not null)
            {
                Write(sample.Accessed);
            }
        }
    }

    private void Write(in SystemSample system)
    {
        WriteDifference(_last.PageFaults, system.PageFaults);
        WriteDifference(_last.PagesIn, system.PagesIn);
        WriteDifference(_last.PagesOut, system.PagesOut);
        WriteDifference(_last.ContextSwitches, system.ContextSwitches);
        WriteDifference(_last.SoftInterrupts, system.SoftInterrupts);
        WriteDifference(_last.FreeMemoryBytes, system.FreeMemoryBytes);
        WriteDifference(_last.BytesWritten, system.BytesWritten);
        WriteDifference(_last.CpuPressureMicroseconds, system.CpuPressureMicroseconds);
        WriteDifference(_last.RunnableTasks, system.RunnableTasks);
        _last = system;
    }

    private void Write(PageSet pages)
    {
        Write((ulong)pages.Processes.Count);
        foreach (ProcessPages process in pages.Processes)
        {
            Write((ulong)(uint)process.ProcessId);
            Write((ulong)process.Ranges.Length);
            ulong at = 0;
            foreach (PageRange range in process.Ranges)
            {
                ulong start = range.Start >> PageSize.Shift;
                Write(start - at);
                Write((ulong)range.Pages);
                at = start + (ulong)range.Pages;
            }
        }
    }

    /// <summary>Zigzag: small negative differences are as short as small positive ones.</summary>
    private void WriteDifference(long from, long to)
    {
        long difference = unchecked(to - from);
        Write(unchecked((ulong)((difference << 1) ^ (difference >> 63))));
    }

    private void Write(ulong value)
    {
        while (value >= 0x80)
        {
            output.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        output.WriteByte((byte)value);
    }
}
