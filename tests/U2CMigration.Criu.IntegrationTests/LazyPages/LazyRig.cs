using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>A daemon, its store and a process that uses them.</summary>
internal sealed class LazyRig : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lazy");

    private LazyRig(int pages, string scenario, string[] more, PatternStore store, Func<LazyPagesOptions, LazyPagesOptions> adjust)
    {
        Requires.Root();
        Store = store;
        All = new LazyPageRange(Toucher.Id, PatternStore.Base, pages);
        Daemon = LazyPagesDaemon.Listen(adjust(new LazyPagesOptions { WorkDirectory = _directory.FullName }), store, [new LazyTask(Toucher.Id, [All])]);
        Process = Toucher.Start(_directory.FullName, pages, scenario, more);
    }

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    internal PatternStore Store { get; }

    internal LazyPageRange All { get; }

    internal LazyPagesDaemon Daemon { get; }

    internal Toucher Process { get; }

    internal static LazyRig Start(int pages, string scenario, params string[] more) => new(pages, scenario, more, new PatternStore(pages), Unchanged);

    internal static LazyRig Start(PatternStore store, int pages, string scenario, params string[] more) => new(pages, scenario, more, store, Unchanged);

    /// <summary>A daemon that copies page by page, so that much happens in the middle of the filling.</summary>
    internal static LazyRig StartSlow(int pages, string scenario, params string[] more) => new(
        pages, scenario, more, new PatternStore(pages, pieceSize: 2), options => options with { FillBytes = 4096, TouchedFillBytes = 4096 });

    internal Task<LazyPagesResult> CompletionAsync() => Daemon.Completion.WaitAsync(Patience);

    internal async Task ReadyAsync()
    {
        await Process.ExpectAsync("ready");
        await Daemon.MemoryRegistered.WaitAsync(Patience);
    }

    /// <summary>Runs the scenario, fills, and has the process check all its memory.</summary>
    internal async Task<LazyPagesResult> RunThenFillAsync()
    {
        await ReadyAsync();
        Process.Order("go");
        await Process.ExpectAsync("ran");
        Daemon.BeginFill();
        LazyPagesResult result = await CompletionAsync();
        await VerifyAsync();
        return result;
    }

    /// <summary>Fills while the scenario runs, and has the process check all its memory.</summary>
    internal async Task<LazyPagesResult> RunWhileFillingAsync()
    {
        await ReadyAsync();
        Process.Order("go");
        Daemon.BeginFill();
        await Process.ExpectAsync("ran");
        await VerifyAsync();
        return await CompletionAsync();
    }

    internal async Task VerifyAsync()
    {
        Process.Order("verify");
        (await Process.EndAsync()).Should().Be("ok\nexit 0");
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Daemon.Abandon();
        await Daemon.DisposeAsync();
        Store.Dispose();
        _directory.Delete(recursive: true);
    }

    private static LazyPagesOptions Unchanged(LazyPagesOptions options) => options;
}
