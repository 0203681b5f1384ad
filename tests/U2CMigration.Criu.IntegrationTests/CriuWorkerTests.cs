using System.Diagnostics;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.IntegrationTests;

public sealed class CriuWorkerTests : CriuTestBase
{
    [Fact]
    public async Task ProbeAsync_InstalledCriu_TellsVersionAndFeatures()
    {
        Requires.Criu();
        CriuCapabilities capabilities = await CriuCapabilities.ProbeAsync(cancellationToken: Limit);
        capabilities.Version.Should().BeGreaterThanOrEqualTo(CriuVersion.Oldest);
        capabilities.Features.LazyPages.Should().BeTrue();
    }

    [Fact]
    public async Task Start_WaitingWorker_HasOnlyItsOwnDescriptors()
    {
        Requires.Criu();
        await using CriuWorker worker = CriuWorker.Start();
        await worker.VersionAsync(Limit);
        string[] targets = [.. System.IO.Directory.EnumerateFiles($"/proc/{worker.ProcessId}/fd").Select(path => File.ResolveLinkTarget(path, false)?.FullName ?? string.Empty)];
        targets.Count(target => target.Contains("socket:", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task DisposeAsync_IdleWorker_EndsByItself()
    {
        Requires.Criu();
        CriuWorker worker = CriuWorker.Start();
        await worker.VersionAsync(Limit);
        await worker.DisposeAsync();
        (await worker.Ended).Should().NotBe(128 + PidFd.Kill, "no signal was needed");
    }

    [Fact]
    public async Task RestoreAsync_DumpedTree_GoesOnWhereItWas()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        await using (CriuWorker worker = CriuWorker.Start())
        {
            await worker.DumpAsync(Dump(target), cancellationToken: Limit);
        }

        await target.HasGoneAsync(children);
        await using (CriuWorker worker = CriuWorker.Start())
        {
            (await worker.RestoreAsync(Restore(), cancellationToken: Limit)).Should().Be(target.ProcessId);
        }

        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_Tree_LeavesImagesThatCanBeRead()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        await worker.DumpAsync(Dump(target) with { LeaveRunning = true }, cancellationToken: Limit);

        var images = new ImageDirectory(Directory["images"]);
        images.ReadTasks().Select(task => task.ProcessId).Should().BeEquivalentTo(target.Children().Append(target.ProcessId));
        images.ReadInventory().ImageVersion.Should().Be(2);
        ImageMemory.Measure(images).EagerBytes[MemoryKind.PrivateAnonymous].Should().BeGreaterThan(8 << 20);
        DumpStatistics.Read(images.PathOf(DumpStatistics.FileName)).WrittenPages.Should().BeGreaterThan(2048);
    }

    [Fact]
    public async Task DumpAsync_HandlerThatAccepts_SeesTheSteps()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        var steps = new List<CriuNotificationKind>();
        await using CriuWorker worker = CriuWorker.Start();
        await worker.DumpAsync(Dump(target) with { LeaveRunning = true }, (notification, _) => Add(steps, notification), Limit);
        steps.Should().ContainInOrder(CriuNotificationKind.PreDump, CriuNotificationKind.PostDump);
        steps.Should().NotContain(CriuNotificationKind.Other);
    }

    [Fact]
    public async Task DumpAsync_RefusedAtPostDump_LeavesTheTargetRunning()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(
            Dump(target), (notification, _) => ValueTask.FromResult(notification.Kind != CriuNotificationKind.PostDump), Limit);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().ContainAll("DUMP", "run on");
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_HandlerThatThrows_ThrowsThatAndLeavesTheTargetRunning()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(Dump(target), (_, _) => throw new FormatException("mine"), Limit);
        await act.Should().ThrowAsync<FormatException>().WithMessage("mine");
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_CancelledAtPostDump_LeavesTheTargetRunningAndNoWorker()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        using var cancellation = new CancellationTokenSource();
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(
            Dump(target),
            async (notification, token) =>
            {
                if (notification.Kind == CriuNotificationKind.PostDump)
                {
                    await cancellation.CancelAsync();
                    token.ThrowIfCancellationRequested();
                }

                return true;
            },
            cancellation.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
        worker.Ended.IsCompleted.Should().BeTrue();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_WorkerKilledAtPostDump_LeavesTheTargetRunning()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(
            Dump(target),
            async (notification, _) =>
            {
                if (notification.Kind == CriuNotificationKind.PostDump)
                {
                    target.State().Should().Be('t');
                    using var handle = PidFd.Open(worker.ProcessId);
                    PidFd.TrySignal(handle, PidFd.Kill);
                    await worker.Ended;
                }

                return true;
            },
            Limit);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().Contain("signal 9");
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_MissingProcess_SaysSo()
    {
        Requires.Criu();
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(Dump(target) with { ProcessId = 4_000_000 }, cancellationToken: Limit);
        CriuException exception = (await act.Should().ThrowAsync<CriuException>()).Which;
        (exception.ErrorNumber, exception.Request).Should().Be((Errno.NoProcess, "DUMP"));
        exception.Message.Should().Contain("no such process");
    }

    [Fact]
    public async Task DumpAsync_ProcessWithUserfaultfd_GivesTheReasonFromTheLog()
    {
        // System call 323 on x86-64, 282 on arm64; the descriptor stays open in perl.
        using TargetProcess target = await TargetProcess.StartAsync(Directory, "syscall((`uname -m` =~ /x86/ ? 323 : 282), 0) >= 0 or die");
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(Dump(target), cancellationToken: Limit);
        CriuException exception = (await act.Should().ThrowAsync<CriuException>()).Which;
        exception.Message.Should().Contain("userfaultfd");
        exception.LogTail.Should().Contain("Error (");
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task RestoreAsync_TakenProcessId_SaysSoAndHarmsNobody()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using (CriuWorker worker = CriuWorker.Start())
        {
            await worker.DumpAsync(Dump(target) with { LeaveRunning = true }, cancellationToken: Limit);
        }

        await using CriuWorker second = CriuWorker.Start();
        Func<Task> act = () => second.RestoreAsync(Restore(), cancellationToken: Limit);
        CriuException exception = (await act.Should().ThrowAsync<CriuException>()).Which;
        exception.ErrorNumber.Should().Be(Errno.Exists);
        exception.Message.Should().Contain("is taken");
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task PreDumpAsync_KernelWithOrWithoutSoftDirty_LeavesTheTargetRunning()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        bool possible = (await CriuCapabilities.ProbeAsync(cancellationToken: Limit)).Features.MemoryTracking;
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.PreDumpAsync(Dump(target) with { TrackMemory = true }, Limit);
        if (possible)
        {
            await act.Should().NotThrowAsync();
        }
        else
        {
            (await act.Should().ThrowAsync<CriuException>()).Which.Request.Should().Be("PRE_DUMP");
        }

        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DumpAsync_MissingImagesDirectory_IsRefusedBeforeCriuIsAsked()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.DumpAsync(Dump(target) with { ImagesDirectory = Directory["nowhere"] }, cancellationToken: Limit);
        await act.Should().ThrowAsync<DirectoryNotFoundException>();
        (await worker.VersionAsync(Limit)).Should().NotBeNull();
    }

    [Fact]
    public async Task Start_NetworkNamespace_IsEnteredByTheWorkerOnly()
    {
        Requires.Criu();
        Requires.Command("unshare");
        using Process holder = Process.Start("unshare", ["--net", "sleep", "100"]);
        string own = File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        SpinWait.SpinUntil(() => Namespace(holder.Id) != own, TimeSpan.FromSeconds(10)).Should().BeTrue();
        await using (CriuWorker worker = CriuWorker.Start(new CriuWorkerOptions { NetworkNamespace = $"/proc/{holder.Id}/ns/net" }))
        {
            (Namespace(worker.ProcessId), Namespace(Environment.ProcessId)).Should().Be((Namespace(holder.Id), own));
        }

        holder.Kill();
    }

    private static string Namespace(int processId) => File.ResolveLinkTarget($"/proc/{processId}/ns/net", false)!.Name;

    private static ValueTask<bool> Add(List<CriuNotificationKind> steps, CriuNotification notification)
    {
        steps.Add(notification.Kind);
        return ValueTask.FromResult(true);
    }
}
