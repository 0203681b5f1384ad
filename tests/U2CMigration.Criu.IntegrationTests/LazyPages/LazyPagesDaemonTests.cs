using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

[Collection("userfaultfd")]
public sealed class LazyPagesDaemonTests
{
    private const int Pages = 1024;

    [Fact]
    public async Task InstallAsync_WhileTheProcessWaits_InstallsWhatIsAskedFor()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none");
        await rig.ReadyAsync();

        long installed = await rig.Daemon.InstallAsync(new[] { rig.All with { Pages = 100 } }, LazyRig.Patience);

        installed.Should().Be(100);
    }

    [Fact]
    public async Task InstallAsync_BeforeTheProcessHasCome_WaitsForIt()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none", "0", "1", "nomarker");
        Task<long> installing = rig.Daemon.InstallAsync(new[] { rig.All }, LazyRig.Patience).AsTask();
        await rig.Process.ExpectAsync("connected");

        (await installing).Should().Be(Pages);
    }

    [Fact]
    public async Task InstallAsync_WhenTheBudgetIsNothing_InstallsNothing()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none");
        await rig.ReadyAsync();

        (await rig.Daemon.InstallAsync(new[] { rig.All }, TimeSpan.Zero)).Should().Be(0);
    }

    [Fact]
    public async Task InstallAsync_Cancelled_LeavesTheServingAlive()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "touch", "0", "1", "nomarker");
        using var cancellation = new CancellationTokenSource();
        Task<long> installing = rig.Daemon.InstallAsync(new[] { rig.All with { ProcessId = 1 } }, Timeout.InfiniteTimeSpan, cancellation.Token).AsTask();
        await rig.Process.ExpectAsync("connected");

        await cancellation.CancelAsync();
        Func<Task> waiting = () => installing.WaitAsync(LazyRig.Patience);

        await waiting.Should().ThrowAsync<OperationCanceledException>();
        rig.Process.Order("marker");
        await rig.RunThenFillAsync();
    }

    [Fact]
    public async Task BeginFill_WithPagesToBeginWith_FillsTheRestToo()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none");
        await rig.ReadyAsync();

        rig.Daemon.BeginFill(new[] { new LazyPageRange(Toucher.Id, PatternStore.Base + (1000 * 4096), 24) });

        (await rig.CompletionAsync()).BackgroundPages.Should().Be(Pages);
    }

    [Fact]
    public async Task Completion_WhenThePageIsNotInTheStore_FailsWithItsAddress()
    {
        await using LazyRig rig = LazyRig.Start(new PatternStore(Pages) { MissingPage = 77 }, Pages, "none");
        await rig.ReadyAsync();

        rig.Daemon.BeginFill();
        Func<Task> completing = rig.CompletionAsync;

        await completing.Should().ThrowAsync<CriuException>().WithMessage("*0x60000004d000*not in the store*");
    }

    [Fact]
    public async Task Serving_AfterAFailure_StillAnswersOtherTouches()
    {
        await using LazyRig rig = LazyRig.Start(new PatternStore(Pages) { MissingPage = 77 }, Pages, "touch", "100");
        await rig.ReadyAsync();
        rig.Daemon.BeginFill();
        await ((Func<Task>)rig.CompletionAsync).Should().ThrowAsync<CriuException>();

        rig.Process.Order("go");

        await rig.Process.ExpectAsync("ran");
    }

    [Fact]
    public async Task MemoryRegistered_WhenAProcessOfTheImagesIsMissing_NamesIt()
    {
        Requires.Root();
        using var store = new PatternStore(Pages);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("lazy");
        LazyPagesDaemon daemon = LazyPagesDaemon.Listen(
            new LazyPagesOptions { WorkDirectory = directory.FullName },
            store,
            [new LazyTask(Toucher.Id + 1, [new LazyPageRange(Toucher.Id + 1, PatternStore.Base, Pages)])]);
        await using Toucher process = Toucher.Start(directory.FullName, Pages, "none");

        Func<Task> registering = () => daemon.MemoryRegistered.WaitAsync(LazyRig.Patience);

        await registering.Should().ThrowAsync<CriuException>().WithMessage($"*process {Toucher.Id + 1}*{Pages} lazy pages*");
        daemon.Abandon();
    }

    [Fact]
    public async Task MemoryRegistered_WhenTheRestoreEndsBefore_Fails()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none", "0", "1", "nomarker");
        await rig.Process.ExpectAsync("connected");
        rig.Process.Kill();

        Func<Task> registering = () => rig.Daemon.MemoryRegistered.WaitAsync(LazyRig.Patience);

        await registering.Should().ThrowAsync<CriuException>().WithMessage("*ended before*");
    }

    [Fact]
    public async Task DisposeAsync_BeforeTheMarker_MakesTheRestoreFail()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "none", "0", "1", "nomarker");
        await rig.Process.ExpectAsync("connected");

        await rig.Daemon.DisposeAsync();
        rig.Process.Order("marker");

        (await rig.Process.EndAsync()).Should().StartWith("refused").And.EndWith("exit 4");
    }

    [Fact]
    public async Task DisposeAsync_AfterTheMarker_FillsFirst()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "touch");
        await rig.ReadyAsync();

        await rig.Daemon.DisposeAsync();

        rig.Process.Order("go");
        await rig.Process.ExpectAsync("ran");
    }

    [Fact]
    public async Task DisposeAsync_WithoutARestore_RemovesTheSocket()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("lazy");
        using var store = new PatternStore(1);
        LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = directory.FullName }, store, []);

        await daemon.DisposeAsync();

        directory.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    [Fact]
    public async Task Serving_AfterTheRestoreHasGone_LeavesNoDescriptorOpen()
    {
        LazyRig rig = LazyRig.Start(Pages, "fork", "3");
        await rig.RunThenFillAsync();

        await rig.DisposeAsync();

        Directory.EnumerateFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget).Should().NotContain("anon_inode:[userfaultfd]");
    }
}
