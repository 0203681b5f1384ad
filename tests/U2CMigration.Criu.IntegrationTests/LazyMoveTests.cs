using U2CMigration.Criu.Images;
using U2CMigration.Criu.IntegrationTests.LazyPages;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>The whole path of a migration inside one host: held lazy dump, commit, held lazy restore against the daemon.</summary>
[Collection("userfaultfd")]
public sealed class LazyMoveTests : CriuTestBase
{
    [Fact]
    public async Task ResumeAsync_LazyRestoreOfACommittedDump_GoesOnWithItsMemory()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] dumped = target.Children();
        await using HeldRestore restore = HeldRestore.Prepare();
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), Limit);
        LazyTask[] tasks = ReadLazyTasks(new ImageDirectory(Directory["images"]));
        using var store = new FrozenMemoryStore(tasks);
        await dump.CommitAsync();
        await target.HasGoneAsync(dumped);

        await using LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = Directory["images"] }, store, tasks);
        CriuRestoreOptions options = Restore() with { LazyPages = true };
        (await restore.HoldAsync(options, Limit)).Should().Be(target.ProcessId);
        await restore.UnlockAsync();
        await daemon.MemoryRegistered.WaitAsync(Limit);
        (await daemon.InstallAsync(new[] { tasks[0].Ranges[0] }, TimeSpan.FromSeconds(10), Limit)).Should().Be(tasks[0].Ranges[0].Pages);
        await restore.ResumeAsync();
        daemon.BeginFill();
        await daemon.Completion.WaitAsync(Limit);
        await target.AdvancesAsync();
    }

    [Fact]
    public async Task AbortAsync_LazyRestore_LeavesNothing()
    {
        using TargetProcess target = await TargetProcess.StartAsync(Directory);
        int[] dumped = target.Children();
        await using LazyDump dump = LazyDump.Prepare();
        await dump.HoldAsync(Dump(target), Limit);
        LazyTask[] tasks = ReadLazyTasks(new ImageDirectory(Directory["images"]));
        using var store = new FrozenMemoryStore(tasks);
        await dump.CommitAsync();
        await target.HasGoneAsync(dumped);

        await using LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = Directory["images"] }, store, tasks);
        await using HeldRestore restore = HeldRestore.Prepare();
        await restore.HoldAsync(Restore() with { LazyPages = true }, Limit);
        int[] children = target.Children();
        await restore.AbortAsync();
        await target.HasGoneAsync(children);
    }

    private static LazyTask[] ReadLazyTasks(ImageDirectory images) =>
        [.. images.ProcessesWithPagemap().Select(id => new LazyTask(
            id, images.ReadPagemap(id)!.Entries.Where(entry => entry.IsLazyOnly).Select(entry => new LazyPageRange(id, entry.Address, entry.Pages))))];
}
