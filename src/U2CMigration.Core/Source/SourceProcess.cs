using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.Core.Source;

/// <summary>A process whose pages are sent: its memory together with the name that they travel under.</summary>
/// <remarks>
/// Numbers of processes are used again while children come and go. The name is read after the process was taken hold of, and a read fails once another process has the number: so
/// no page of one process travels under the name of another.
/// </remarks>
internal sealed class SourceProcess : IDisposable
{
    private readonly ProcessMemoryReader _reader;

    private SourceProcess(ProcessMemoryReader reader, int numberInImages) => (_reader, NumberInImages) = (reader, numberInImages);

    /// <summary>The process, as numbered in the images.</summary>
    public int NumberInImages { get; }

    /// <summary>Its memory.</summary>
    public ProcessMemoryReader Memory => _reader;

    /// <summary>Takes hold of a process; null when it has ended, which a child may do at any time.</summary>
    /// <exception cref="PageTrackingException">It may not be read.</exception>
    public static SourceProcess? TryOpen(int processId, ProcessNumbers numbers)
    {
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

    public void Dispose() => _reader.Dispose();
}
