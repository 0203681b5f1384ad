using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Filling;

/// <summary>Continues with what a receiver has left that was killed while pages of running workloads were missing. One receiver works with a directory, so what is found there is no one else's.</summary>
internal sealed class FillTakeover(string workDirectory, MigrationLedger ledger, ILoggerFactory loggers)
{
    private const string BothKilled = "the receiver and the processes beside it that held them were killed together";

    private readonly ILogger _logger = loggers.CreateLogger("U2CMigration.Receiver");

    /// <summary>Begins with all that was left.</summary>
    /// <returns>Ends of what was begun.</returns>
    public IReadOnlyList<Task> Begin()
    {
        var begun = new List<Task>();
        foreach (FillMarker marker in FillMarker.List(workDirectory))
        {
            try
            {
                if (TryBegin(marker) is { } filling)
                {
                    begun.Add(filling);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or PageStoreException or UnauthorizedAccessException)
            {
                _logger.FillLeft(e, marker.MigrationId);
            }
        }

        return begun;
    }

    private Task? TryBegin(FillMarker marker)
    {
        MigrationRecord? record = marker.IsMissing ? ledger.FindRunning(marker.MigrationId) : null;
        IReadOnlyList<FoundHolder> found = FoundHolder.FindAll(marker.MigrationId);
        if (record is null)
        {
            // All pages were there, or the processes have been ended since.
            Clear(marker, found);
            return null;
        }

        if (found.Where(static one => one is { IsComplete: true, Log: not null }).MaxBy(static one => one.Generation) is not { } best)
        {
            End(record, marker, found, BothKilled);
            return null;
        }

        FillBook book;
        try
        {
            book = FillBook.Parse(ReadAll(best.Book!));
        }
        catch (InvalidDataException)
        {
            foreach (FoundHolder one in found)
            {
                one.Release();
            }

            throw;
        }

        return Begin(record, marker, best, found, book);
    }

    private Task? Begin(MigrationRecord record, FillMarker marker, FoundHolder best, IReadOnlyList<FoundHolder> found, FillBook book)
    {
        var store = new PageStore(best.Store!, book.Chunks);
        KeptFill kept = KeptFill.TakeOver(marker, record.Groups, best, found.Where(one => one != best));
        LazyPagesDaemon daemon;
        try
        {
            daemon = LazyPagesDaemon.GoOn(new LazyPagesOptions { WorkDirectory = workDirectory }, store, book.Tasks, loggers, kept.Record, best.Members);
        }
        catch (CriuException e)
        {
            // First the processes, then what they depend on.
            GroupEnd.Run(record.Groups);
            _logger.FillLost(marker.MigrationId, e.Message);
            kept.Dispose();
            best.CloseCopies();
            store.Dispose();
            return null;
        }

        foreach ((int member, SafeFileHandle descriptor) in best.Members.Where(one => one.Key >= kept.Record.Members))
        {
            // Of a process that was given up before it was written down.
            kept.Forget(member);
            descriptor.Dispose();
        }

        _logger.FillTakenOver(marker.MigrationId);
        daemon.BeginFill();
        kept.Renew();
        return FinishAsync(marker.MigrationId, daemon, kept, store);
    }

    private async Task FinishAsync(Guid migrationId, LazyPagesDaemon daemon, KeptFill kept, PageStore store)
    {
        try
        {
            LazyPagesResult result = await daemon.Completion.ConfigureAwait(false);
            await daemon.DisposeAsync().ConfigureAwait(false);
            _logger.FillDone(migrationId, result.FillDuration.TotalMilliseconds, result.TouchesServed);
            kept.Dispose();
            store.Dispose();
        }
        catch (CriuException e)
        {
            kept.Leave();
            _logger.FillLeft(e, migrationId);
        }
    }

    private void End(MigrationRecord record, FillMarker marker, IReadOnlyList<FoundHolder> found, string reason)
    {
        GroupEnd.Run(record.Groups);
        _logger.FillLost(marker.MigrationId, reason);
        Clear(marker, found);
    }

    private static void Clear(FillMarker marker, IReadOnlyList<FoundHolder> found)
    {
        foreach (FoundHolder one in found)
        {
            one.End();
            one.CloseCopies();
        }

        marker.Remove();
    }

    private static byte[] ReadAll(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int at = 0;
        while (at < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(at), at) is > 0 and var read)
        {
            at += read;
        }

        return bytes;
    }
}
