using System.Net;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Disturbance;

/// <summary>A destination that speaks the real protocol and means no good. Says <c>ready</c>, and <c>given PAGES</c> for what it got by its lie.</summary>
internal static class LyingDestination
{
    public static async Task<int> RunAsync(int port, string lie, int processId, ulong address)
    {
        var options = new MigrationConnectionOptions();
        await using MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Any, port), ConnectionRole.Destination, options);
        Console.WriteLine("ready");
        await using MigrationConnection connection = await listener.AcceptAsync();
        var given = new CountingSink(processId, address);
        try
        {
            await connection.SendAsync(new Challenge(new byte[Challenge.NonceBytes], IsRequired: false));
            await connection.ReceiveAsync();
            if ((connection.Features & ProtocolFeatures.InventoryOfNeeds) != 0)
            {
                await connection.ReceiveAsync();
            }

            await connection.SendAsync(new Accept { Ledger = new LedgerIdentity(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()) });
            await LieAsync(connection, lie, given, new MissingPages([new PageRun(processId, address, 1)], IsLast: true));
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
            Console.WriteLine($"ended {e.Message}");
        }

        Console.WriteLine($"given {given.Pages}");
        return 0;
    }

    private static async Task LieAsync(MigrationConnection connection, string lie, CountingSink given, MissingPages request)
    {
        bool imagesHere = false;
        if (lie == "flood")
        {
            await FloodAsync(connection);
        }

        while (true)
        {
            switch (await connection.ReceiveAsync(given))
            {
                case Frozen when lie == "early":
                    await connection.SendAsync(new Restored([]));
                    break;
                case Frozen when lie == "missing-early":
                    await connection.SendAsync(request);
                    break;
                case ImagesEnd:
                    imagesHere = true;
                    break;
                case RoundEnd round:
                    await connection.SendAsync(new RoundAck(round.Round, connection.PageBytesReceived, 0));
                    if (imagesHere && lie == "resumed")
                    {
                        // Without saying before that it is restored: the source would commit then, and might do so before it hears the rest.
                        await connection.SendAsync(new Resumed(DateTimeOffset.UnixEpoch, [], 1));
                    }
                    else if (imagesHere)
                    {
                        imagesHere = false;
                        await connection.SendAsync(request);
                    }

                    break;
                case Abort abort:
                    Console.WriteLine($"aborted {abort.Sentence}");
                    return;
                default:
                    break;
            }

            if (given.Pages > 0)
            {
                await connection.SendAsync(new Abort(AbortCode.DestinationFailed, "It has what it wanted."));
                return;
            }
        }
    }

    private static async Task FloodAsync(MigrationConnection connection)
    {
        // As much as a message holds, of what an honest destination could say at another time.
        PageRun[] runs = [.. Enumerable.Range(1, ProtocolLimits.MaxRuns).Select(static page => new PageRun(1, (ulong)page * 2 * PageBatch.PageBytes, 1))];
        for (int sent = 0; sent < 400; sent++)
        {
            await connection.SendAsync(new MissingPages(runs, IsLast: false));
        }
    }

    /// <summary>Keeps all pages, on which later ones may build, and counts one.</summary>
    private sealed class CountingSink(int processId, ulong address) : IPageSink
    {
        private readonly Dictionary<(int Process, ulong At), byte[]> _pages = [];

        public int Pages { get; private set; }

        public Span<byte> Prepare(int process, ulong at) => _pages[(process, at)] = new byte[PageBatch.PageBytes];

        public void Complete(int process, ulong at, ulong checksum) => Count(process, at);

        public void StoreZero(int process, ulong at)
        {
            _pages[(process, at)] = new byte[PageBatch.PageBytes];
            Count(process, at);
        }

        public ReadOnlySpan<byte> Held(int process, ulong at) => _pages.GetValueOrDefault((process, at));

        public bool Keep(int process, ulong at, ulong checksum) => _pages.TryGetValue((process, at), out byte[]? page) && PageChecksum.Of(page) == checksum;

        private void Count(int process, ulong at) => Pages += process == processId && at == address ? 1 : 0;
    }
}
