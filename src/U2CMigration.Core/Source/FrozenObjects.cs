using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>The last look at the shared memory of a frozen tree: what may have been written since it was sent is compared with that, beside the dump; where that is not known, all of it.</summary>
internal sealed class FrozenObjects(TreeTracker tracker, PageSender sender, MigrationConnection connection) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly PageSet _differing = new();
    private Task _comparing = Task.CompletedTask;
    private bool _isSent;

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
            _comparing = objects.CollectAllAsync(tracker.Processes.ProcessIds, _differing, _ending.Token);
        }
    }

    /// <summary>Sends what was found to differ if that is known before something else ends, in whose time it can be sent.</summary>
    /// <param name="beside">For example the dump.</param>
    /// <param name="sent">What was sent since the tree is frozen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task SendEarlyAsync(Task beside, PageSet sent, CancellationToken cancellationToken)
    {
        if (tracker.Objects is not null && await Task.WhenAny(_comparing, beside).ConfigureAwait(false) == _comparing && _comparing.IsCompletedSuccessfully)
        {
            await SendAsync(sent, cancellationToken).ConfigureAwait(false);
            _isSent = true;
        }
    }

    /// <summary>Sends what was found to differ unless it is sent, and tells the destination which pages it must have.</summary>
    /// <param name="sent">What was sent since the tree is frozen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CompleteAsync(PageSet sent, CancellationToken cancellationToken)
    {
        if (tracker.Objects is not { } objects)
        {
            return;
        }

        if (!_isSent)
        {
            await _comparing.WaitAsync(cancellationToken).ConfigureAwait(false);
            await SendAsync(sent, cancellationToken).ConfigureAwait(false);
        }

        PageRun[] runs = [.. objects.Objects.SelectMany(static shared => shared.CopiedPages().Select(range => new PageRun(shared.Id, range.Start, range.Pages)))];
        Named = runs;
        foreach (ObjectPages message in ObjectPages.Of(runs))
        {
            await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(PageSet sent, CancellationToken cancellationToken)
    {
        var late = new PageSet();
        _differing.ExceptTo(sent, late);
        await sender.SendAsync(late, null, null, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _comparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }
}
