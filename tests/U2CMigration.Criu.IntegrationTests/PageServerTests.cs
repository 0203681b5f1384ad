using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.PageServer;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.IntegrationTests;

public sealed class PageServerTests : CriuTestBase
{
    [Fact]
    public async Task RunAsync_DumpOverADescriptor_BecomesImagesThatRestore()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        var images = new ImageDirectory(Directory.MakeDirectory("images"));
        using var sink = new ImageDirectorySink(images);
        using (PageServerConnection connection = PageServerConnection.Create())
        await using (CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { InheritedHandles = [connection.Peer] }))
        {
            connection.Peer.Dispose();
            Task<PageServerResult> session = new PageServerSession(connection.Stream, sink).RunAsync(Limit);
            await worker.DumpAsync(
                Dump(target) with { PageServer = new CriuPageServer { Descriptor = CriuWorker.InheritedDescriptor(0) } }, cancellationToken: Limit);
            PageServerResult result = await session;
            (result.WasClosed, result.Status).Should().Be((true, 0));
            result.ReceivedPages.Should().BeGreaterThan(2048);
        }

        await target.HasGoneAsync(children);
        await using CriuWorker restorer = CriuWorker.Start();
        await restorer.RestoreAsync(Restore(), cancellationToken: Limit);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task RunAsync_StatusThatIsNotZero_LetsTheTargetRunOn()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using PageServerConnection connection = PageServerConnection.Create();
        await using CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { InheritedHandles = [connection.Peer] });
        connection.Peer.Dispose();
        Task<PageServerResult> session = new PageServerSession(connection.Stream, new RefusingSink()).RunAsync(Limit);
        Func<Task> act = () => worker.DumpAsync(
            Dump(target) with { PageServer = new CriuPageServer { Descriptor = CriuWorker.InheritedDescriptor(0) } }, cancellationToken: Limit);
        await act.Should().ThrowAsync<CriuException>();
        (await session).Status.Should().Be(-1);
        await target.AdvancesAsync();
    }

    private sealed class RefusingSink : IPageServerSink
    {
        public ValueTask<bool> OpenAsync(PageServerTarget target, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask<bool> HasParentAsync(PageServerTarget target, CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask BeginRunAsync(PageServerTarget target, PagemapEntry run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteAsync(PageServerTarget target, ulong address, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<int> CloseAsync(CancellationToken cancellationToken) => ValueTask.FromResult(-1);
    }
}
