using System.Diagnostics;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Looks at the dirty pages and keeps the books: what is owed, what every page did so far.</summary>
internal sealed class DirtyLooks(
    SourceContext context, IPageTracker tracker, IMigrationStrategy strategy, PageSender sender) : IDisposable
{
    private readonly HashSet<int> _known = [];
    private readonly List<int> _ended = [];
    private readonly SystemSampler _system = new(context.Target.RootProcessId);
    private readonly PageSet _found = new();
    private readonly DirtyBooks _books = new(strategy);
    private long _lookStart = Stopwatch.GetTimestamp();

    /// <summary>What is owed and delivered.</summary>
    public OwedPages Books => _books.Pages;

    /// <summary>The pages found since the round began.</summary>
    public PageSet Dirty => _books.Dirty;

    /// <summary>How many of them were not owed before.</summary>
    public long ArrivedPages => _books.ArrivedPages;

    /// <summary>The time since the round began, until the last look.</summary>
    public TimeSpan Interval => _books.Interval;

    /// <summary>The time since the last look.</summary>
    public TimeSpan SinceLook => Stopwatch.GetElapsedTime(_lookStart);

    /// <summary>How long the last look took.</summary>
    public TimeSpan LookTime { get; private set; }

    /// <summary>How long it took to learn from the last sample.</summary>
    public TimeSpan LearnTime { get; private set; }

    /// <summary>What every page did.</summary>
    public PageHistories Histories => _books.Histories;

    /// <summary>Looks once. Pages may be sent meanwhile.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        _found.Clear();
        long start = Stopwatch.GetTimestamp();
        await Task.Run(() => tracker.Collect(_found, cancellationToken), cancellationToken).ConfigureAwait(false);
        TimeSpan sinceLast = Stopwatch.GetElapsedTime(_lookStart);
        _lookStart = Stopwatch.GetTimestamp();
        DropEnded();
        NoteSent();
        LookTime = Stopwatch.GetElapsedTime(start);
        long taking = Stopwatch.GetTimestamp();
        if (_books.Take(_found, sinceLast, _system.Sample))
        {
            LearnTime = Stopwatch.GetElapsedTime(taking);
        }
    }

    /// <summary>Begins to count anew.</summary>
    public void BeginRound() => _books.BeginRound();

    /// <summary>Notes what was sent since the last look: it was read behind it.</summary>
    public void NoteSent() => sender.Record.TakeAll(Books.Sent);

    /// <summary>Like <see cref="NoteSent()"/>, and tells which pages those are.</summary>
    public void NoteSent(Action<PageSet> sent) => sender.Record.TakeAll(pages =>
    {
        Books.Sent(pages);
        sent(pages);
    });

    /// <summary>Closes what is held for processes that have ended. Nothing may be sent meanwhile.</summary>
    public void ForgetEnded()
    {
        _ended.ForEach(sender.Forget);
        _ended.Clear();
    }

    public void Dispose() => _system.Dispose();

    /// <summary>The store must not keep pages of processes that have ended: their number may be used again.</summary>
    private void DropEnded()
    {
        IReadOnlyList<int> living = tracker.ProcessIds;
        List<int>? ended = null;
        foreach (int processId in _known)
        {
            if (!living.Contains(processId))
            {
                (ended ??= []).Add(processId);
            }
        }

        _known.UnionWith(living);
        foreach (int processId in living)
        {
            // Translated while the process lives; afterwards its number in the images can not be read any more.
            context.Numbers.InImages(processId);
        }

        if (ended is null)
        {
            return;
        }

        _known.ExceptWith(ended);
        _ended.AddRange(ended);
        NoteSent();
        Books.Forget(ended);
        PageRun[] everything = [.. ended.Select(id => new PageRun(context.Numbers.InImages(id), 0, AddressSpace.Pages))];
        sender.Drop(everything);
    }
}
