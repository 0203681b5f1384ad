using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A dump that CRIU was asked for before the tasks are to be stopped.</summary>
public sealed class AskedDumpTests : CriuTestBase
{
    [Fact]
    public async Task AskAsync_Waits_TargetRunsAndHoldUsesTheSameWorker()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare();
        CriuDumpOptions options = Dump(target);
        await dump.AskAsync(options, Limit);
        int worker = dump.WorkerProcessId;
        dump.IsHeld.Should().BeFalse();
        await target.AdvancesAsync();

        await dump.AskAsync(options with { }, Limit);
        await dump.HoldAsync(options with { }, Limit);

        dump.WorkerProcessId.Should().Be(worker);
        dump.IsHeld.Should().BeTrue();
        ImageMemory.Measure(new ImageDirectory(options.ImagesDirectory)).LazyBytes.Should().Be(0);
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_OtherOptionsThanAsked_AsksAnew()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare();
        CriuDumpOptions options = Dump(target);
        await dump.AskAsync(options, Limit);
        int worker = dump.WorkerProcessId;

        await dump.HoldAsync(options with { TcpEstablished = true }, Limit);

        dump.WorkerProcessId.Should().NotBe(worker);
        System.IO.Directory.Exists($"/proc/{worker}").Should().BeFalse();
        dump.IsHeld.Should().BeTrue();
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_NotHiddenAfterAll_DumpsLazily()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        bool hides = true;
        await using LazyDump dump = LazyDump.Prepare(new LazyDumpOptions { HidesMemory = _ => hides });
        CriuDumpOptions options = Dump(target);
        await dump.AskAsync(options, Limit);
        hides = false;

        await dump.HoldAsync(options, Limit);

        dump.HiddenProcesses.Should().BeEmpty();
        ImageMemory.Measure(new ImageDirectory(options.ImagesDirectory)).LazyBytes.Should().BeGreaterThan(8 << 20);
        await dump.RollbackAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DisposeAsync_Asked_TargetRunsAndNothingIsLeft()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        CriuDumpOptions options = Dump(target);
        int worker;
        await using (LazyDump dump = Prepare())
        {
            await dump.AskAsync(options, Limit);
            worker = dump.WorkerProcessId;
        }

        System.IO.Directory.Exists($"/proc/{worker}").Should().BeFalse();
        System.IO.Directory.EnumerateFiles(options.ImagesDirectory, "*.img").Should().BeEmpty();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_CancelledAfterAsking_TargetRuns()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare();
        CriuDumpOptions options = Dump(target);
        await dump.AskAsync(options, Limit);

        Func<Task> hold = () => dump.HoldAsync(options, new CancellationToken(canceled: true));

        await hold.Should().ThrowAsync<OperationCanceledException>();
        dump.IsHeld.Should().BeFalse();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_AskedWorkerIsKilled_FailsAndTargetRuns()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare();
        CriuDumpOptions options = Dump(target);
        await dump.AskAsync(options, Limit);
        using (SafeFileHandle worker = PidFd.Open(dump.WorkerProcessId))
        {
            PidFd.TrySignal(worker, PidFd.Kill);
        }

        await ((Func<Task>)(() => dump.HoldAsync(options, Limit))).Should().ThrowAsync<CriuException>();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task AskAsync_OptionOutOfRange_SaysSoAndHoldToo()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using LazyDump dump = Prepare();
        CriuDumpOptions options = Dump(target) with { LogLevel = (CriuLogLevel)9 };

        await ((Func<Task>)(() => dump.AskAsync(options, Limit))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => dump.HoldAsync(options, Limit))).Should().ThrowAsync<ArgumentException>();
        await target.AdvancesAsync();
    }

    private static LazyDump Prepare() => LazyDump.Prepare(new LazyDumpOptions { HidesMemory = static _ => true });
}
