using System.Globalization;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>The pages that the images of the frozen tree name, and those of the shared memory that travels with it: all that its destination may ask for.</summary>
/// <remarks>
/// Requests name processes and addresses, and this process can read every memory of the host. So a request is held against what was sent, and never against what happens to be
/// readable: a number that is not of the tree, or that another process has by now, is in no page map.
/// </remarks>
internal sealed class NamedPages
{
    private const int MaxRequests = 16;

    private readonly PageSet _named;
    private readonly PageSet _beyond = new();
    private readonly List<PageRun> _asked = [];
    private readonly Dictionary<int, int> _onThisHost = [];
    private readonly long _most;
    private long _pages;
    private int _requests;

    /// <param name="images">The images as they were sent.</param>
    /// <param name="processes">The processes of the tree on this host, by their numbers in the images.</param>
    /// <param name="objects">The pages of shared memory that the destination was told of.</param>
    public NamedPages(ImageDirectory images, IEnumerable<(int InImages, int OnThisHost)> processes, IEnumerable<PageRun> objects)
    {
        var runs = new List<PageRun>();
        foreach ((int inImages, int onThisHost) in processes)
        {
            _onThisHost[inImages] = onThisHost;
            runs.AddRange((images.ReadPagemap(inImages)?.Entries ?? []).Select(entry => new PageRun(onThisHost, entry.Address, entry.Pages)));
        }

        foreach (PageRun run in objects)
        {
            _onThisHost[run.ProcessId] = run.ProcessId;
            runs.Add(run);
        }

        _named = Sorted(runs);
        _most = _named.PageCount;
    }

    /// <summary>Takes a message of a request.</summary>
    /// <returns>What is to be sent, in numbers of this host; null while the request continues.</returns>
    /// <exception cref="MigrationProtocolException">It asks for something else, or for too much.</exception>
    public PageSet? Take(MissingPages message)
    {
        var runs = new List<PageRun>(message.Runs.Count);
        foreach (PageRun run in message.Runs)
        {
            if (!_onThisHost.TryGetValue(run.ProcessId, out int onThisHost))
            {
                throw Refuse(string.Create(CultureInfo.InvariantCulture, $"pages at 0x{run.Address:x} of process {run.ProcessId}, which is not part of it"));
            }

            _pages += run.Pages;
            runs.Add(run with { ProcessId = onThisHost });
        }

        Sorted(runs).ExceptTo(_named, _beyond);
        if (_beyond.PageCount > 0)
        {
            ProcessPages first = _beyond.Processes.First(static process => process.Ranges.Length > 0);
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"0x{first.Ranges[0].Start:x} of process {first.ProcessId}, which is not among its pages"));
        }

        // Twice, as a page may be wanted for two reasons.
        if (_pages > 2 * _most)
        {
            throw Refuse($"{_pages} pages at once, and it has {_most}");
        }

        _asked.AddRange(runs);
        if (!message.IsLast)
        {
            return null;
        }

        if (++_requests > MaxRequests)
        {
            throw Refuse($"more than {MaxRequests} times");
        }

        PageSet asked = Sorted(_asked);
        _asked.Clear();
        _pages = 0;
        return asked;
    }

    /// <summary>The pages of runs that come in any order, and may name a page twice.</summary>
    private static PageSet Sorted(List<PageRun> runs)
    {
        runs.Sort(static (first, second) => (first.ProcessId, first.Address).CompareTo((second.ProcessId, second.Address)));
        var pages = new PageSet();
        (int processId, ulong end) = (0, 0);
        foreach (PageRun run in runs)
        {
            ulong start = run.ProcessId == processId ? Math.Max(run.Address, end) : run.Address;
            if (start < run.End)
            {
                pages.Add(run.ProcessId, start, run.End);
                (processId, end) = (run.ProcessId, run.End);
            }
        }

        return pages;
    }

    private static MigrationProtocolException Refuse(string asked) => new("requests for pages of the workload", $"one for {asked}");
}
