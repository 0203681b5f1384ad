using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>The last look at the shared memory of a frozen tree: all of it is compared with what was sent, beside the dump.</summary>
internal sealed class FrozenObjects(TreeTracker tracker, PageSender sender, MigrationConnection connection) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly PageSet _differing = new();
    private Task _comparing = Task.CompletedTask;

    /// <summary>The pages that the destination was told it must have.</summary>
    public IReadOnlyList<PageRun> Named { get; private set; } = [];

    /// <summary>Tells the destination sizes and the like as they are now.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        if (tracker.Objects is not null)
        {
            await connection.SendAsync(tracker.Refresh(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to compare; the tree is frozen.</summary>
    public void Begin()
    {
        if (tracker.Objects is { } objects)
        {
            _comparing = Task.Run(() => objects.CollectAll(_differing, _ending.Token));
        }
    }

    /// <summary>Sends what was found to differ, and tells the destination which pages it must have.</summary>
    /// <param name="sent">What was sent since the tree is frozen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CompleteAsync(PageSet sent, CancellationToken cancellationToken)
    {
        if (tracker.Objects is not { } objects)
        {
            return;
        }

        await _comparing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var late = new PageSet();
        _differing.ExceptTo(sent, late);
        await sender.SendAsync(late, null, null, cancellationToken).ConfigureAwait(false);
        PageRun[] runs = [.. objects.Objects.SelectMany(static shared => shared.CopiedPages().Select(range => new PageRun(shared.Id, range.Start, range.Pages)))];
        Named = runs;
        foreach (ObjectPages message in ObjectPages.Of(runs))
        {
            await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _comparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }
}
