using U2CMigration.Core.Processes;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.Core.Source;

/// <summary>A process whose pages are sent: its memory together with the name that they travel under.</summary>
/// <remarks>
/// Numbers of processes are used again while children come and go. The name is read after the process was taken hold of, and a read fails once another process has the number: so
/// no page of one process travels under the name of another.
/// </remarks>
internal sealed class SourceProcess : IDisposable
{
    private readonly ProcessMemoryReader? _reader;
    private readonly SharedObject? _shared;

    private SourceProcess(ProcessMemoryReader reader, int numberInImages) => (_reader, NumberInImages) = (reader, numberInImages);

    private SourceProcess(SharedObject shared) => (_shared, NumberInImages) = (shared, shared.Id);

    /// <summary>The process, as numbered in the images.</summary>
    public int NumberInImages { get; }

    /// <summary>Takes hold of a process; null when it has ended, which a child may do at any time.</summary>
    /// <param name="processId">The process, or the number of shared memory.</param>
    /// <param name="numbers">Knows its name.</param>
    /// <param name="objects">Knows the shared memory; null where that travels with the images.</param>
    /// <exception cref="PageTrackingException">It may not be read.</exception>
    public static SourceProcess? TryOpen(int processId, ProcessNumbers numbers, SharedObjectTracker? objects)
    {
        if (SharedObject.IsObject(processId))
        {
            return objects?.Find(processId) is { } shared ? new SourceProcess(shared) : null;
        }

        ProcessMemoryReader? reader = null;
        try
        {
            reader = ProcessMemoryReader.Open(processId);
            if (numbers.TryLearn(processId, out int numberInImages))
            {
                return new SourceProcess(reader, numberInImages);
            }
        }
        catch (PageTrackingException e) when (e.IsProcessGone)
        {
        }

        reader?.Dispose();
        return null;
    }

    /// <summary>Reads pages one behind the other, as <see cref="ProcessMemoryReader.Read"/>.</summary>
    public int Read(ReadOnlySpan<PageRange> ranges, Span<byte> destination, PageBitmap unreadable) =>
        _shared?.Read(ranges, destination, unreadable) ?? _reader!.Read(ranges, destination, unreadable);

    public void Dispose()
    {
        _reader?.Dispose();
        _shared?.Dispose();
    }
}
