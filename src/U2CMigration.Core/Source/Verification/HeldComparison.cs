using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>
/// Tells the destination, while it restores, what pages of the frozen tree hold. It compares them with the restored tree while that is held, and gives up where they differ:
/// nothing is committed then and the workload runs on here.
/// </summary>
internal sealed class HeldComparison(SourceContext context, IPageTracker tracker, MigrationConnection connection)
{
    /// <summary>
    /// 16 MiB of what comes with the images, all of it in many workloads, and 1 MiB of what is given on first touch. Read in the time of the restore here; reading it there is part of the
    /// downtime.
    /// </summary>
    private const long EagerPages = 4096;
    private const long LazyPages = 256;

    private const int PagesPerMessage = 2048;

    /// <summary>Whether there is such a comparison.</summary>
    public static bool IsWanted(SourceContext context, MigrationConnection connection) =>
        context.Options.Verify && (connection.Features & ProtocolFeatures.RestoredMemory) != 0;

    /// <summary>The pages that the destination has to compare.</summary>
    public long Pages { get; private set; }

    /// <summary>Runs through the code once, on this process, while the workload still runs: the destination waits for the end of the sample.</summary>
    public static void Rehearse()
    {
        var mappings = new List<FrozenMapping>();
        new SharedMappings().AddTo(mappings, Environment.ProcessId);
        var pages = new PageSet();
        Span<byte> here = stackalloc byte[1];
        pages.Add(Environment.ProcessId, AddressOf(here), AddressOf(here) + (2 * PageSize.Bytes));
        FrozenPages.AddPrivate(pages.Processes[0], [], mappings);
        using var checksums = new FrozenChecksums();
        foreach (FrozenMapping mapping in EvenSample.Of([mappings[^1]], 1))
        {
            checksums.Add(mapping.ProcessId, mapping.Ranges[0], [], []);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FrozenMapping> pages = await Task.Run(() => Choose(cancellationToken), cancellationToken).ConfigureAwait(false);
        using var checksums = new FrozenChecksums();
        foreach (FrozenMapping[] part in Parts(pages))
        {
            HeldSample message = await Task.Run(() => MessageOf(part, checksums), cancellationToken).ConfigureAwait(false);
            Pages += message.Checksums.Length;
            await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }

        await connection.SendAsync(new HeldSample([], ReadOnlyMemory<ulong>.Empty, IsLast: true), cancellationToken).ConfigureAwait(false);
    }

    private static unsafe ulong AddressOf(Span<byte> memory)
    {
        fixed (byte* address = memory)
        {
            return (ulong)address & ~((ulong)PageSize.Bytes - 1);
        }
    }

    private IReadOnlyList<FrozenMapping> Choose(CancellationToken cancellationToken)
    {
        IReadOnlyList<FrozenMapping> all = FrozenPages.Collect(context, tracker, out _, cancellationToken);
        return context.Options.VerifyBeforeCommit
            ? all
            : [.. EvenSample.Of([.. all.Where(static mapping => !mapping.IsLazy)], EagerPages), .. EvenSample.Of([.. all.Where(static mapping => mapping.IsLazy)], LazyPages)];
    }

    /// <summary>Cuts what was chosen into pieces of the size of a message.</summary>
    private static IEnumerable<FrozenMapping[]> Parts(IReadOnlyList<FrozenMapping> mappings)
    {
        var part = new List<FrozenMapping>();
        long pages = 0;
        foreach (FrozenMapping mapping in mappings)
        {
            var ranges = new List<PageRange>();
            foreach (PageRange range in mapping.Ranges)
            {
                for (ulong at = range.Start; at < range.End;)
                {
                    ulong end = Math.Min(range.End, at + ((ulong)(PagesPerMessage - pages) << PageSize.Shift));
                    ranges.Add(new PageRange(at, end));
                    pages += (long)((end - at) >> PageSize.Shift);
                    at = end;
                    if (pages == PagesPerMessage)
                    {
                        yield return [.. part, mapping with { Ranges = ranges }];
                        (part, ranges, pages) = ([], [], 0);
                    }
                }
            }

            if (ranges.Count > 0)
            {
                part.Add(mapping with { Ranges = ranges });
            }
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }

    private HeldSample MessageOf(FrozenMapping[] part, FrozenChecksums checksums)
    {
        var runs = new List<PageRun>();
        var sums = new List<ulong>(PagesPerMessage);
        foreach (FrozenMapping mapping in part)
        {
            int processId = context.Numbers.InImages(mapping.ProcessId);
            var readable = new List<PageRange>();
            foreach (PageRange range in mapping.Ranges)
            {
                checksums.Add(mapping.ProcessId, range, readable, sums);
            }

            runs.AddRange(readable.Select(range => new PageRun(processId, range.Start, range.Pages)));
        }

        return new HeldSample(runs, sums.ToArray(), IsLast: false);
    }
}
