using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Prediction.Traces;

/// <summary>Decodes what <see cref="BodyWriter"/> wrote; trusts nothing.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private const int LongestNumberBytes = 10;

    // A sample has at least its flag, its interval, nine figures and a count: that bounds how many there can be.
    private const int ShortestSampleBytes = 12;
    private const int ShortestProcessBytes = 2;
    private const int ShortestRunBytes = 2;
    private ReadOnlySpan<byte> _rest = body;
    private SystemSample _last;

    /// <exception cref="TraceFormatException">The bytes are not samples.</exception>
    internal TraceSample[] Read()
    {
        var samples = new TraceSample[ReadCount(ShortestSampleBytes, "samples")];
        for (int i = 0; i < samples.Length; i++)
        {
            byte flags = ReadByte();
            if (flags > TraceFormat.AccessedFlag)
            {
                throw new TraceFormatException($"Sample {i} has flags that are not known: {flags:x2}.");
            }

            ulong ticks = ReadNumber();
            if (ticks > long.MaxValue)
            {
                throw new TraceFormatException($"The interval of sample {i} is out of range.");
            }

            SystemSample system = ReadSystem();
            PageSet dirty = ReadPages();
            samples[i] = new TraceSample(new TimeSpan((long)ticks), dirty, flags == TraceFormat.AccessedFlag ? ReadPages() : null, system);
        }

        return _rest.IsEmpty ? samples : throw new TraceFormatException($"{_rest.Length} bytes are left behind the last sample.");
    }

    private SystemSample ReadSystem() => _last = new SystemSample
    {
        PageFaults = ReadDifference(_last.PageFaults),
        PagesIn = ReadDifference(_last.PagesIn),
        PagesOut = ReadDifference(_last.PagesOut),
        ContextSwitches = ReadDifference(_last.ContextSwitches),
        SoftInterrupts = ReadDifference(_last.SoftInterrupts),
        FreeMemoryBytes = ReadDifference(_last.FreeMemoryBytes),
        BytesWritten = ReadDifference(_last.BytesWritten),
        CpuPressureMicroseconds = ReadDifference(_last.CpuPressureMicroseconds),
        RunnableTasks = ReadDifference(_last.RunnableTasks),
    };

    private PageSet ReadPages()
    {
        var pages = new PageSet();
        int processes = ReadCount(ShortestProcessBytes, "processes");
        for (int i = 0; i < processes; i++)
        {
            ulong number = ReadNumber();
            if (number > int.MaxValue || pages.TryGet((int)number, out _))
            {
                throw new TraceFormatException($"Process {number} is out of range, or there twice.");
            }

            pages.Of((int)number);
            ReadRuns(pages, (int)number);
        }

        return pages;
    }

    private void ReadRuns(PageSet pages, int processId)
    {
        int runs = ReadCount(ShortestRunBytes, "runs");
        ulong at = 0;
        for (int i = 0; i < runs; i++)
        {
            ulong gap = ReadNumber();
            ulong length = ReadNumber();
            if (length == 0 || gap >= TraceFormat.PageLimit || length >= TraceFormat.PageLimit || at + gap + length >= TraceFormat.PageLimit)
            {
                throw new TraceFormatException($"A run of pages of process {processId} is empty or lies outside of the address space.");
            }

            at += gap;
            pages.Add(processId, at << PageSize.Shift, (at + length) << PageSize.Shift);
            at += length;
        }
    }

    private int ReadCount(int shortestBytes, string what)
    {
        ulong count = ReadNumber();
        return count <= (ulong)(_rest.Length / shortestBytes) ? (int)count : throw new TraceFormatException($"{count} {what} can not follow in {_rest.Length} bytes.");
    }

    private long ReadDifference(long from)
    {
        ulong zigzag = ReadNumber();
        return unchecked(from + ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)));
    }

    private ulong ReadNumber()
    {
        ulong value = 0;
        for (int i = 0; i < LongestNumberBytes; i++)
        {
            byte part = ReadByte();
            if (i == LongestNumberBytes - 1 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new TraceFormatException("A number is longer than 64 bits.");
    }

    private byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            throw new TraceFormatException("The samples end in the middle.");
        }

        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }
}
