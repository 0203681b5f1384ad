using System.Net;
using System.Net.Sockets;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.IntegrationTests;

public sealed class LazyDumpTests : CriuTestBase
{
    public static TheoryData<string, string, string, string> FreezersWithThaw => new(TestGroup.Freezers);

    public static TheoryData<string, string, string> Freezers => new(TestGroup.Freezers.Select(static freezer => (freezer.Root, freezer.File, freezer.Frozen)));

    [Fact]
    public async Task HoldAsync_Tree_IsStoppedAndItsImagesAreComplete()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), Limit);

        target.State().Should().Be('t');
        var images = new ImageDirectory(Directory["images"]);
        images.ReadTasks().Should().HaveCount(2);
        images.MetadataFiles().Select(file => file.Name).Should().Contain([ImageInventory.FileName, "files.img", $"core-{target.ProcessId}.img"]);
        ImageMemory.Measure(images).LazyBytes.Should().BeGreaterThan(8 << 20);
    }

    [Fact]
    public async Task RollbackAsync_HeldTree_RunsOn()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), Limit);
        await dump.RollbackAsync();
        await target.AdvancesAsync();
        TargetProcess.StateOf(dump.WorkerProcessId).Should().Be(' ');
    }

    [Fact]
    public async Task RollbackAsync_ThenHeldAgain_Works()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        for (int round = 0; round < 3; round++)
        {
            await using LazyDump dump = LazyDump.Prepare();
            await dump.HoldAsync(Dump(target, $"images{round}"), Limit);
        }

        await target.AdvancesAsync();
    }

    [Fact]
    public async Task CommitAsync_HeldTree_LeavesNothing()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), Limit);
        await dump.CommitAsync();
        await target.HasGoneAsync([.. children, dump.WorkerProcessId]);
        dump.IsHeld.Should().BeFalse();
    }

    /// <summary>The first thread of a process that is traced becomes a zombie that only its tracer can let go.</summary>
    [Fact]
    public async Task CommitAsync_TreeWithThreads_LeavesNothing()
    {
        Requires.Criu();
        Requires.Command("redis-server");
        WorkerProcess redis = WorkerProcess.Start(
            CriuProgram.Find("redis-server"), ["redis-server", "--port", "0", "--unixsocket", Directory["redis.socket"], "--save", "", "--dir", Directory.Path, "--logfile", Directory["redis.log"]], []);
        CancellationToken limit = Limit;
        while (!File.Exists(Directory["redis.socket"]))
        {
            await Task.Delay(5, limit);
        }

        System.IO.Directory.GetDirectories($"/proc/{redis.ProcessId}/task").Should().HaveCountGreaterThan(1);
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(
            new CriuDumpOptions
            {
                ProcessId = redis.ProcessId,
                ImagesDirectory = Directory.MakeDirectory("images"),
                CgroupMode = CriuCgroupMode.Ignore,
                NetworkLock = CriuNetworkLock.Skip,
            },
            Limit);
        await dump.CommitAsync().WaitAsync(Limit);
        (await redis.Ended.WaitAsync(Limit)).Should().Be(128 + PidFd.Kill);
    }

    [Fact]
    public async Task CommitAsync_OpenConnection_PeerHearsNothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Requires.Criu();
        Task<Socket> accepting = listener.AcceptSocketAsync(Limit).AsTask();
        using TargetProcess target = await TargetProcess.StartAsync(
            Directory, $"use IO::Socket::INET; our $connection = IO::Socket::INET->new(PeerAddr => '127.0.0.1:{port}') or die");
        using Socket peer = await accepting;
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target) with { TcpEstablished = true }, Limit);
        HasHeardTheEnd(peer).Should().BeFalse("nothing was closed yet");
        await dump.CommitAsync();

        // A FIN or RST over the loopback device is there as soon as the socket is closed.
        HasHeardTheEnd(peer).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(FreezersWithThaw))]
    public async Task RollbackAsync_GroupFrozenBefore_StaysFrozenUntilThawed(string root, string file, string frozen, string thawed)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using var group = new TestGroup(root, file, target);
        group.Write(frozen);
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
            await dump.RollbackAsync();
        }

        group.Read().Should().Be(frozen);
        group.Write(thawed);
        await target.AdvancesAsync();
    }

    [Theory]
    [MemberData(nameof(Freezers))]
    public async Task CommitAsync_GroupFrozenBefore_LeavesNothing(string root, string file, string frozen)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        using var group = new TestGroup(root, file, target);
        group.Write(frozen);
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
        await dump.CommitAsync();
        await target.HasGoneAsync(children);
    }

    [Theory]
    [MemberData(nameof(FreezersWithThaw))]
    public async Task HoldAsync_WorkerKilledWithFrozenGroup_StaysFrozen(string root, string file, string frozen, string thawed)
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using var group = new TestGroup(root, file, target);
        group.Write(frozen);
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target) with { FreezeCgroup = group.Path }, Limit);
            using var worker = PidFd.Open(dump.WorkerProcessId);
            PidFd.TrySignal(worker, PidFd.Kill);
            SpinWait.SpinUntil(() => !dump.IsHeld, TimeSpan.FromSeconds(10)).Should().BeTrue();
        }

        group.Read().Should().Be(frozen);
        group.Write(thawed);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_CancelledBefore_LeavesTheTargetRunning()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = LazyDump.Prepare();
        Func<Task> act = () => dump.HoldAsync(Dump(target), new CancellationToken(canceled: true));
        await act.Should().ThrowAsync<OperationCanceledException>();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_TokenCancelledWhileHeld_ChangesNothing()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using var cancellation = new CancellationTokenSource();
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), cancellation.Token);
        await cancellation.CancelAsync();
        dump.IsHeld.Should().BeTrue();
        target.State().Should().Be('t');
    }

    [Fact]
    public void Prepare_TakenPort_SaysWhatToDo()
    {
        Requires.Criu();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Action act = () => LazyDump.Prepare(port: ((IPEndPoint)listener.LocalEndpoint).Port);
        act.Should().Throw<CriuException>().WithMessage("*cannot be reserved*Choose another port*");
    }

    [Fact]
    public async Task CommitAsync_NotHeld_IsRefused()
    {
        Requires.Criu();
        await using LazyDump dump = LazyDump.Prepare();
        await dump.Awaiting(d => d.CommitAsync()).Should().ThrowAsync<InvalidOperationException>();
    }

    /// <summary>What happens when the program that holds a dump dies: by hand, because this process can not die.</summary>
    [Fact]
    public async Task HoldingProgramDies_TargetRunsOnAndWorkerEnds()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        CriuDumpOptions options = Dump(target) with { LazyPages = true };
        (Socket own, var peer) = SocketPair.Create(SocketPair.SequencedPacket);
        Socket reservation = PortReservation.Take(null, 0);
        int port = ((IPEndPoint)reservation.LocalEndPoint!).Port;
        WorkerProcess worker = WorkerProcess.Start(CriuProgram.Find("criu"), ["criu", "swrk", "3"], [peer, reservation.SafeHandle]);
        peer.Dispose();
        using (var images = Descriptor.OpenDirectory(options.ImagesDirectory))
        using (var socket = new WorkerSocket(own))
        {
            var request = new Request { Type = RequestType.Dump, Opts = OptionsEncoder.Encode(options with { LazyPort = port }, (int)images.DangerousGetHandle(), (int)images.DangerousGetHandle()) };
            request.Opts.NotifyScripts = true;
            await socket.SendAsync(request, Limit);
            while ((await socket.ReceiveAsync(Response.Parser, Limit))!.Notify.Script != "post-dump")
            {
                await socket.SendAsync(new Request { Type = RequestType.Notify, NotifySuccess = true }, Limit);
            }

            target.State().Should().Be('t');
        }

        reservation.Dispose();
        await worker.Ended.WaitAsync(Limit);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task MakePresent_LazyImages_RestoreWithoutADaemon()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] dumped = target.Children();
        await using (LazyDump dump = LazyDump.Prepare())
        {
            await dump.HoldAsync(Dump(target), Limit);
            PagemapRewriter.MakePresent(new ImageDirectory(Directory["images"]), ReadMemory);
            await dump.CommitAsync();
            await target.HasGoneAsync(dumped);
        }

        await using CriuWorker worker = CriuWorker.Start();
        await worker.RestoreAsync(Restore(), cancellationToken: Limit);
        await target.AdvancesAsync();
    }

    private static void ReadMemory(int processId, ulong address, Span<byte> destination)
    {
        using var memory = File.OpenHandle($"/proc/{processId}/mem");
        RandomAccess.Read(memory, destination, (long)address).Should().Be(destination.Length);
    }

    private static bool HasHeardTheEnd(Socket socket) => socket.Poll(0, SelectMode.SelectRead) || socket.Poll(0, SelectMode.SelectError);
}
