using U2CMigration.Core.Processes;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>Reads the memory of the restored processes, in the same way as the frozen ones are read on the source.</summary>
/// <remarks>
/// A page that is lazy and not there yet is waited for like a touch of the process itself: the serving installs it. Processes are opened while they are held, so that a number which is
/// given to another process later does not lead there.
/// </remarks>
internal sealed class RestoredReader : IDisposable
{
    private readonly Dictionary<int, ProcessMemoryReader> _readers = [];

    private RestoredReader()
    {
    }

    /// <summary>Opens the processes of a tree.</summary>
    public RestoredReader(int rootProcessId)
    {
        var numbers = new ProcessNumbers(rootProcessId);
        foreach (int processId in ProcessTree.List(rootProcessId))
        {
            // A zombie of the images is one here too, and has no memory.
            if (ProcessTree.TryReadStat(processId, out ProcessStat stat) && !stat.HasEnded)
            {
                _readers[numbers.InImages(processId)] = ProcessMemoryReader.Open(processId);
            }
        }
    }

    /// <summary>Reads this process, under its own number.</summary>
    public static RestoredReader OfThisProcess()
    {
        var reader = new RestoredReader();
        reader._readers.Add(Environment.ProcessId, ProcessMemoryReader.Open(Environment.ProcessId));
        return reader;
    }

    /// <summary>Reads pages one behind the other.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="ranges">The pages.</param>
    /// <param name="pages">Receives them.</param>
    /// <param name="unreadable">Gets a bit for each page that is not there.</param>
    /// <returns>False when the process is gone.</returns>
    public bool TryRead(int processId, ReadOnlySpan<PageRange> ranges, Span<byte> pages, PageBitmap unreadable)
    {
        try
        {
            if (_readers.TryGetValue(processId, out ProcessMemoryReader? reader))
            {
                reader.Read(ranges, pages, unreadable);
                return true;
            }
        }
        catch (PageTrackingException)
        {
            // It has ended since.
        }

        return false;
    }

    public void Dispose()
    {
        foreach (ProcessMemoryReader reader in _readers.Values)
        {
            reader.Dispose();
        }
    }
}
