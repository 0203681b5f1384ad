using System.Globalization;
using U2CMigration.Core.Results;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Compares every page of the frozen tree that travels with what the destination has, by checksum.</summary>
internal sealed class SourceVerification(SourceContext context, IPageTracker tracker, MigrationConnection connection, SourceDialogue dialogue)
{
    private const int PagesPerMessage = 4096;
    private const int MostMismatchesNamed = 16;

    private readonly bool _readsRestored = (connection.Features & ProtocolFeatures.RestoredMemory) != 0;
    private readonly List<string> _mismatches = [];
    private long _equal;
    private long _changed;
    private long _mismatched;

    /// <summary>Runs the comparison.</summary>
    /// <param name="heldPages">The pages that were compared while the restored tree was held.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VerificationReport> RunAsync(long heldPages, CancellationToken cancellationToken)
    {
        if (!_readsRestored)
        {
            context.Warnings.Add("The destination is of an older version: it has compared what it received, not what the restored processes have.");
        }

        string? problem = null;
        IReadOnlyList<FrozenMapping> mappings = await Task.Run(() => FrozenPages.Collect(context, tracker, out problem, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (problem is not null)
        {
            context.Warnings.Add($"Some shared memory was not compared: {problem}");
        }

        using var frozen = new FrozenChecksums();
        var runs = new List<PageRange>();
        var checksums = new List<ulong>(PagesPerMessage);
        foreach (FrozenMapping mapping in mappings)
        {
            foreach (PageRange range in mapping.Ranges)
            {
                for (ulong at = range.Start; at < range.End;)
                {
                    ulong end = Math.Min(range.End, at + ((ulong)PagesPerMessage << PageSize.Shift));
                    runs.Clear();
                    checksums.Clear();
                    frozen.Add(mapping.ProcessId, new PageRange(at, end), runs, checksums);
                    await CompareAsync(mapping.ProcessId, runs, checksums, cancellationToken).ConfigureAwait(false);
                    at = end;
                }
            }
        }

        return new VerificationReport(_equal + _changed + _mismatched, _mismatched)
        {
            PagesHeld = heldPages, PagesEqual = _equal, PagesChanged = _changed, Mismatches = _mismatches,
        };
    }

    private async Task CompareAsync(int processId, List<PageRange> runs, List<ulong> checksums, CancellationToken cancellationToken)
    {
        int done = 0;
        foreach (PageRange run in runs)
        {
            ulong[] part = [.. checksums.Skip(done).Take((int)run.Pages)];
            done += part.Length;
            await connection.SendAsync(new VerifyPages(context.Numbers.InImages(processId), run.Start, part), cancellationToken).ConfigureAwait(false);
            if (_readsRestored)
            {
                Compared result = await dialogue.ExpectAsync<Compared>(cancellationToken).ConfigureAwait(false);
                CheckCount(part.Length, result.EqualPages + result.ChangedPages + result.MismatchedPages);
                _equal += result.EqualPages;
                _changed += result.ChangedPages;
                Note(processId, result.MismatchedPages, result.FirstMismatches);
            }
            else
            {
                VerifyResult result = await dialogue.ExpectAsync<VerifyResult>(cancellationToken).ConfigureAwait(false);
                CheckCount(part.Length, result.ComparedPages);
                _equal += result.ComparedPages - result.MismatchedPages;
                Note(processId, result.MismatchedPages, result.FirstMismatches);
            }
        }
    }

    /// <summary>A comparison of fewer pages than were asked for would pass for one of all.</summary>
    private static void CheckCount(int asked, long compared)
    {
        if (compared != asked)
        {
            throw new MigrationProtocolException($"a comparison of {asked} pages", $"one of {compared}");
        }
    }

    private void Note(int processId, long pages, IReadOnlyList<ulong> addresses)
    {
        _mismatched += pages;
        foreach (ulong address in addresses.Take(MostMismatchesNamed - _mismatches.Count))
        {
            string mapping = MapsReader.ReadAll(processId).FirstOrDefault(area => area.Range.Contains(address)) is { } area
                ? $"{(area.IsShared ? "shared" : "private")} {(area.Path.Length > 0 ? area.Path : "anonymous memory")}"
                : "no mapping";
            _mismatches.Add(string.Create(CultureInfo.InvariantCulture, $"process {processId} at 0x{address:x} ({mapping})"));
        }
    }
}
