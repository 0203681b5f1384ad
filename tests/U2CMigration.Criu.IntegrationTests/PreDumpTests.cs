using System.Net;
using System.Net.Sockets;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.PageServer;
using U2CMigration.Criu.Rpc;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>Rounds of pre-dumps on one worker, then the dump. On kernels with soft-dirty bits; <c>eng/vm.sh exec</c> boots one.</summary>
public sealed class PreDumpTests : CriuTestBase
{
    private const int Rounds = 3;

    public PreDumpTests() => Requires.SoftDirty();

    [Fact]
    public async Task PreDump_RoundsOverOneDescriptor_BecomeOneFlatSetThatRestores()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        using var sink = new FlatteningSink(Directory.Path, ReadFrozen);
        PageServerResult first;
        PageServerResult last;
        using (PageServerConnection connection = PageServerConnection.Create())
        await using (CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { InheritedHandles = [connection.Peer] }))
        {
            connection.Peer.Dispose();
            var server = new CriuPageServer { Descriptor = CriuWorker.InheritedDescriptor(0) };
            first = last = await RoundAsync(0);
            for (int round = 1; round < Rounds; round++)
            {
                last = await RoundAsync(round);
            }

            sink.Finish(new ImageDirectory(Directory.MakeDirectory("images")));
            Task<PageServerResult> session = new PageServerSession(connection.Stream, sink).RunAsync(Limit);
            await worker.DumpAsync(Tracked(target, "images", Rounds) with { PageServer = server }, cancellationToken: Limit);
            last = await session;

            async Task<PageServerResult> RoundAsync(int round)
            {
                Task<PageServerResult> receiving = new PageServerSession(connection.Stream, sink).RunAsync(Limit);
                await worker.PreDumpAsync(Tracked(target, $"{round}", round) with { PageServer = server }, Limit);
                PageServerResult result = await receiving;
                (result.WasClosed, result.Status).Should().Be((true, 0));
                return result;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"first {first}, dump {last}, repaired {sink.RepairedPages}");
        ShouldBeSmall(last, first.ReceivedPages);
        await RestoresAsync(target, children);
    }

    [Fact]
    public async Task PreDump_EachRoundOverATcpConnection_BecomesOneFlatSetThatRestores()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        using var sink = new FlatteningSink(Directory.Path, ReadFrozen);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = new CriuPageServer { Address = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        long first = 0;
        PageServerResult last;
        await using (CriuWorker worker = CriuWorker.Start())
        {
            for (int round = 0; round < Rounds; round++)
            {
                Task<PageServerResult> receiving = ServeOnceAsync(listener, sink);
                await worker.PreDumpAsync(Tracked(target, $"{round}", round) with { PageServer = server }, Limit);
                long received = (await receiving).ReceivedPages;
                first = round == 0 ? received : first;
            }

            sink.Finish(new ImageDirectory(Directory.MakeDirectory("images")));
            Task<PageServerResult> session = ServeOnceAsync(listener, sink);
            await worker.DumpAsync(Tracked(target, "images", Rounds) with { PageServer = server }, cancellationToken: Limit);
            last = await session;
        }

        ShouldBeSmall(last, first);
        await RestoresAsync(target, children);
    }

    [Theory]
    [InlineData(CriuPreDumpMode.Splice)]
    [InlineData(CriuPreDumpMode.VmRead)]
    public async Task PreDump_IntoDirectories_LeavesAChainThatRestores(CriuPreDumpMode mode)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        await using (CriuWorker worker = CriuWorker.Start())
        {
            for (int round = 0; round < Rounds; round++)
            {
                await worker.PreDumpAsync(Tracked(target, $"{round}", round) with { PreDumpMode = mode }, Limit);
            }

            await worker.DumpAsync(Tracked(target, "images", Rounds) with { PreDumpMode = mode }, cancellationToken: Limit);
        }

        // Not by CRIU's statistics: those of a worker add up over its rounds.
        PagemapEntry[] entries = [.. new ImageDirectory(Directory["images"]).ReadPagemap(target.ProcessId)!.Entries];
        entries.Where(static entry => !entry.IsPresent).Sum(static entry => entry.Pages).Should()
            .BeGreaterThan(4 * entries.Where(static entry => entry.IsPresent).Sum(static entry => entry.Pages));
        await RestoresAsync(target, children);
    }

    [Fact]
    public async Task Dump_ParentTakenByATracker_CarriesOnlyWhatWasWrittenSince()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        using var sink = new FlatteningSink(Directory.Path, ReadFrozen);

        // No pre-dump of CRIU: the tracker clears the bits, and what it reports is read and given to the sink as the round before.
        ParentImages.Create(Directory["0"]);
        long copied = await CopyAllAsync(target.ProcessId, sink);
        PageServerResult result;
        using (PageServerConnection connection = PageServerConnection.Create())
        await using (CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { InheritedHandles = [connection.Peer] }))
        {
            connection.Peer.Dispose();
            sink.Finish(new ImageDirectory(Directory.MakeDirectory("images")));
            Task<PageServerResult> session = new PageServerSession(connection.Stream, sink).RunAsync(Limit);
            await worker.DumpAsync(
                Tracked(target, "images", 1) with { PageServer = new CriuPageServer { Descriptor = CriuWorker.InheritedDescriptor(0) } }, cancellationToken: Limit);
            result = await session;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{copied} pages copied before, {result}, repaired {sink.RepairedPages}");
        ShouldBeSmall(result, copied);
        await RestoresAsync(target, children);
    }

    [Fact]
    public async Task StartPageServer_OfCriuItself_StoresADumpThatRestores()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        Directory.MakeDirectory("images");
        await using CriuWorker storing = CriuWorker.Start();
        CriuPageServerProcess server = await storing.StartPageServerAsync(
            new CriuPageServerOptions { ImagesDirectory = Directory["images"], Address = "127.0.0.1" }, Limit);
        await using (CriuWorker worker = CriuWorker.Start())
        {
            await worker.DumpAsync(Dump(target) with { PageServer = new CriuPageServer { Address = "127.0.0.1", Port = server.Port } }, cancellationToken: Limit);
        }

        (await storing.WaitForPageServerAsync(server, Limit)).Should().Be(0);
        await RestoresAsync(target, children);
    }

    private static void ShouldBeSmall(PageServerResult dump, long allPages)
    {
        (dump.WasClosed, dump.Status).Should().Be((true, 0));
        dump.ReceivedPages.Should().BePositive().And.BeLessThan(allPages / 4);
        dump.HolePages.Should().BeGreaterThan(allPages / 2);
    }

    private static async Task<PageServerResult> ServeOnceAsync(TcpListener listener, IPageServerSink sink)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Limit);
        return await new PageServerSession(client.GetStream(), sink).RunAsync(Limit);
    }

    private static async Task<long> CopyAllAsync(int processId, FlatteningSink sink)
    {
        using IPageTracker tracker = PageTrackers.Create(TrackerKind.SoftDirty, processId);
        var pages = new PageSet();
        tracker.Collect(pages);
        byte[] page = new byte[4096];
        foreach (ProcessPages process in pages.Processes)
        {
            var target = new PageServerTarget(PageServerTargetKind.Task, (ulong)process.ProcessId);
            await sink.OpenAsync(target, Limit);
            using ProcessMemoryReader reader = ProcessMemoryReader.Open(process.ProcessId);
            foreach (PageRange range in process.Ranges.ToArray())
            {
                for (ulong address = range.Start; address < range.End; address += 4096)
                {
                    if (reader.Read([new PageRange(address, address + 4096)], page, new PageBitmap(new ulong[1])) == 0)
                    {
                        await sink.BeginRunAsync(target, new PagemapEntry(address, 1, PagePlaces.Present), Limit);
                        await sink.WriteAsync(target, address, page, Limit);
                    }
                }
            }
        }

        (await sink.CloseAsync(Limit)).Should().Be(0);
        return pages.PageCount;
    }

    private static bool ReadFrozen(int processId, ulong address, Span<byte> page)
    {
        using ProcessMemoryReader reader = ProcessMemoryReader.Open(processId);
        return reader.Read([new PageRange(address, address + 4096)], page, new PageBitmap(new ulong[1])) == 0;
    }

    private async Task RestoresAsync(TargetProcess target, int[] children)
    {
        await target.HasGoneAsync(children);
        await using CriuWorker restorer = CriuWorker.Start();
        await restorer.RestoreAsync(Restore(), cancellationToken: Limit);
        await target.AdvancesAsync();
    }

    private CriuDumpOptions Tracked(TargetProcess target, string name, int round) => Dump(target, name) with
    {
        TrackMemory = true,
        ParentImages = round == 0 ? string.Empty : $"../{round - 1}",
    };
}
