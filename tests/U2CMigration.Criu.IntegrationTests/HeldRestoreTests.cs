using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.IntegrationTests;

public sealed class HeldRestoreTests : CriuTestBase
{
    [Fact]
    public async Task ResumeAsync_HeldTree_GoesOn()
    {
        using TargetProcess target = await DumpedAsync();
        await using HeldRestore restore = HeldRestore.Prepare();
        (await restore.HoldAsync(Restore(), Limit)).Should().Be(target.ProcessId);
        restore.IsHeld.Should().BeTrue();
        (await restore.ResumeAsync()).Should().Be(target.ProcessId);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task HoldAsync_Tree_HasNotExecutedAnything()
    {
        using TargetProcess target = await DumpedAsync();
        long written = new FileInfo(Directory["parent"]).Length;
        await using HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore(), Limit);
        await restore.UnlockAsync();
        new FileInfo(Directory["parent"]).Length.Should().Be(written);
        target.State().Should().NotBe(' ');
        await restore.ResumeAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task AbortAsync_HeldTree_LeavesNothingAndTheImagesUsable()
    {
        using TargetProcess target = await DumpedAsync();
        await using (HeldRestore restore = HeldRestore.Prepare())
        {
            await restore.HoldAsync(Restore(), Limit);
            int[] children = target.Children();
            children.Should().ContainSingle();
            await restore.AbortAsync();
            await target.HasGoneAsync(children);
        }

        await using HeldRestore again = HeldRestore.Prepare();
        await again.HoldAsync(Restore(), Limit);
        await again.ResumeAsync();
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task DisposeAsync_HeldTree_IsRemoved()
    {
        using TargetProcess target = await DumpedAsync();
        HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore(), Limit);
        await restore.DisposeAsync();
        await target.HasGoneAsync();
    }

    [Fact]
    public async Task AbortAsync_AfterUnlock_IsRefused()
    {
        using TargetProcess target = await DumpedAsync();
        await using HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore(), Limit);
        await restore.UnlockAsync();
        await restore.Awaiting(r => r.AbortAsync()).Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task HoldAsync_DamagedImages_SaysWhy()
    {
        using TargetProcess target = await DumpedAsync();
        File.WriteAllBytes(Path.Combine(Directory["images"], "pstree.img"), [1, 2, 3, 4]);
        await using HeldRestore restore = HeldRestore.Prepare();
        Func<Task> act = () => restore.HoldAsync(Restore(), Limit);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().ContainAll("RESTORE", "pstree");
    }

    [Fact]
    public async Task AbortAsync_WorkerKilledWhileHeld_LeavesNothing()
    {
        using TargetProcess target = await DumpedAsync();
        await using HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore(), Limit);
        int[] children = target.Children();
        KillWorker(restore);
        await restore.AbortAsync();
        await target.HasGoneAsync(children);
    }

    [Fact]
    public async Task ResumeAsync_WorkerKilledWhileHeld_FailsAndLeavesNothing()
    {
        using TargetProcess target = await DumpedAsync();
        await using HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore(), Limit);
        int[] children = target.Children();
        KillWorker(restore);
        await restore.Awaiting(held => held.ResumeAsync()).Should().ThrowAsync<CriuException>().WithMessage("*No restored task is left*");
        await target.HasGoneAsync(children);
    }

    [Theory]
    [InlineData(CriuNotificationKind.PreRestore)]
    [InlineData(CriuNotificationKind.PostRestore)]
    public async Task RestoreAsync_Cancelled_LeavesNothing(CriuNotificationKind step)
    {
        using TargetProcess target = await DumpedAsync();
        using var cancellation = new CancellationTokenSource();
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.RestoreAsync(
            Restore(),
            async (notification, token) =>
            {
                if (notification.Kind == step)
                {
                    await cancellation.CancelAsync();
                    token.ThrowIfCancellationRequested();
                }

                return true;
            },
            cancellation.Token);
        await act.Should().ThrowAsync<OperationCanceledException>();
        target.State().Should().Be(' ');
    }

    [Fact]
    public async Task RestoreAsync_CancelledAfterPostRestore_GoesOn()
    {
        using TargetProcess target = await DumpedAsync();
        using var cancellation = new CancellationTokenSource();
        await using CriuWorker worker = CriuWorker.Start();
        await worker.RestoreAsync(
            Restore(),
            async (notification, _) =>
            {
                if (notification.Kind == CriuNotificationKind.PreResume)
                {
                    await cancellation.CancelAsync();
                }

                return true;
            },
            cancellation.Token);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task RestoreAsync_WorkerKilledAtPreResume_SaysThatTheTreeMayRun()
    {
        using TargetProcess target = await DumpedAsync();
        await using CriuWorker worker = CriuWorker.Start();
        Func<Task> act = () => worker.RestoreAsync(
            Restore(),
            async (notification, _) =>
            {
                if (notification.Kind == CriuNotificationKind.PreResume)
                {
                    using var handle = PidFd.Open(worker.ProcessId);
                    PidFd.TrySignal(handle, PidFd.Kill);
                    await worker.Ended;
                }

                return true;
            },
            Limit);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().ContainAll($"process {target.ProcessId}", "may run");
    }

    private static void KillWorker(HeldRestore restore)
    {
        using var worker = PidFd.Open(restore.WorkerProcessId);
        PidFd.TrySignal(worker, PidFd.Kill);
        SpinWait.SpinUntil(() => !restore.IsHeld, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    private async Task<TargetProcess> DumpedAsync()
    {
        TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] children = target.Children();
        await using CriuWorker worker = CriuWorker.Start();
        await worker.DumpAsync(Dump(target), cancellationToken: Limit);
        await target.HasGoneAsync(children);
        return target;
    }
}
