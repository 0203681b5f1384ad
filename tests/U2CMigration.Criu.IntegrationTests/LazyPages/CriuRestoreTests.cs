using System.Diagnostics;
using System.Globalization;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>Real CRIU: dump without memory, restore against the daemon, and the processes find their memory as it was.</summary>
[Collection("userfaultfd")]
public sealed class CriuRestoreTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("lazy").FullName;
    private readonly List<int> _started = [];

    [Fact]
    public async Task BeginFill_OfAPatternProgramThatChangesItsMemory_LeavesTheRightContents()
    {
        Requires.Criu();
        int processId = await StartAsync($"{Toucher.Program} {_directory} 0 4096 survive", () => File.Exists(InWork("answer-child.new")) && File.Exists(InWork("answer-parent.new")));

        await MoveAsync(processId, async daemon =>
        {
            await File.WriteAllTextAsync(InWork("ask"), "");
            daemon.BeginFill();
            await UntilAsync(() => File.Exists(InWork("answer-parent")) && File.Exists(InWork("answer-child")));
        });

        File.ReadAllText(InWork("answer-parent")).Should().Be("ok\n");
    }

    [Fact]
    public async Task InstallAsync_BeforeTheRestoreBegan_InstallsEverythingBeforeTheResume()
    {
        Requires.Criu();
        int processId = await StartAsync($"{Toucher.Program} {_directory} 0 4096 survive", () => File.Exists(InWork("answer-child.new")) && File.Exists(InWork("answer-parent.new")));

        LazyPagesResult result = await MoveAsync(
            processId,
            async daemon =>
            {
                await daemon.Completion.WaitAsync(Patience);
                await File.WriteAllTextAsync(InWork("ask"), "");
                await UntilAsync(() => File.Exists(InWork("answer-parent")) && File.Exists(InWork("answer-child")));
            },
            installAll: true);

        result.BackgroundPages.Should().Be(0);
    }

    [Fact]
    public async Task DisposeAsync_WhileCriuRestores_MakesTheRestoreFailAndLeavesNoProcess()
    {
        Requires.Criu();
        int processId = await StartAsync($"{Toucher.Program} {_directory} 0 4096 survive", () => File.Exists(InWork("answer-child.new")) && File.Exists(InWork("answer-parent.new")));
        (LazyTask[] tasks, FrozenMemoryStore store) = await DumpAsync(processId);
        using FrozenMemoryStore _ = store;
        LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = _directory }, store, tasks);
        Task restore = CriuCommand.RestoreLazilyAsync(_directory, WriteHoldScript());
        await UntilAsync(() => File.Exists(InWork("held")));

        // At this stage all memory is registered, and the marker is not sent yet.
        (await daemon.InstallAsync(new[] { tasks[0].Ranges[0] with { Pages = 1 } }, Patience)).Should().Be(1);
        await daemon.DisposeAsync();
        await File.WriteAllTextAsync(InWork("go"), "");

        await ((Func<Task>)(() => restore)).Should().ThrowAsync<Exception>();

        // Killed with CRIU; its parent takes note of it a moment later.
        await UntilAsync(() => !Directory.Exists($"/proc/{processId}"));
    }

    [Fact]
    public async Task BeginFill_OfRedisThatForksMeanwhile_LeavesTheRightContents()
    {
        Requires.Criu();
        Requires.Command("redis-server");
        int processId = await StartAsync(
            $"redis-server --port 7801 --save '' --dir {_directory} --enable-debug-command yes",
            () => Redis("ping") == "PONG");
        Redis("debug populate 100000 key 500");
        string digest = Redis("debug digest");

        LazyPagesResult result = await MoveAsync(processId, async daemon =>
        {
            Redis("bgsave").Should().Contain("started");
            daemon.BeginFill();
            Redis("debug digest").Should().Be(digest);
            await UntilAsync(() => Redis("info persistence").Contains("rdb_bgsave_in_progress:0", StringComparison.Ordinal));
            Redis("debug reload nosave").Should().Be("OK");
            Redis("debug digest").Should().Be(digest);
        });

        result.ForkEvents.Should().BeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int processId in _started)
        {
            await KillAsync(processId);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string Redis(string command) => Shell($"redis-cli -p 7801 {command} 2>&1");

    private static string Shell(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        return shell.StandardOutput.ReadToEnd().Trim();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static void Kill(int processId) => Shell($"kill -9 -{processId} {processId} 2>/dev/null");

    private static async Task KillAsync(int processId)
    {
        Kill(processId);
        await UntilAsync(() => !Directory.Exists($"/proc/{processId}"));
    }

    /// <summary>Starts a program in a session of its own, without a descriptor of this process, as a child of nobody here.</summary>
    private async Task<int> StartAsync(string command, Func<bool> ready)
    {
        Shell($"setsid sh -c 'echo $$ >{InWork("pid")}; exec {command} </dev/null >{InWork("output")} 2>&1' >/dev/null 2>&1 &");
        await UntilAsync(ready);
        int processId = int.Parse(await File.ReadAllTextAsync(InWork("pid")), CultureInfo.InvariantCulture);
        _started.Add(processId);
        return processId;
    }

    /// <summary>Dumps without memory, copies the memory, and ends what was dumped.</summary>
    private async Task<(LazyTask[] Tasks, FrozenMemoryStore Store)> DumpAsync(int processId)
    {
        using Process dump = await CriuCommand.DumpLazilyAsync(processId, _directory);
        LazyTask[] tasks = CriuCommand.ReadLazyTasks(_directory);
        var store = new FrozenMemoryStore(tasks);

        // What is killed stays a zombie of its tracer until that has ended too; the other way round it would run on.
        Kill(processId);
        dump.Kill();
        await dump.WaitForExitAsync();
        await UntilAsync(() => !tasks.Any(task => Directory.Exists($"/proc/{task.ProcessId}")));
        return (tasks, store);
    }

    private async Task<LazyPagesResult> MoveAsync(int processId, Func<LazyPagesDaemon, Task> afterwards, bool installAll = false)
    {
        (LazyTask[] tasks, FrozenMemoryStore store) = await DumpAsync(processId);
        using (store)
        {
            await using LazyPagesDaemon daemon = LazyPagesDaemon.Listen(new LazyPagesOptions { WorkDirectory = _directory }, store, tasks);
            LazyPageRange[] ahead = installAll ? [.. tasks.SelectMany(task => task.Ranges)] : [];
            Task<long> installing = daemon.InstallAsync(ahead, Patience).AsTask();
            await CriuCommand.RestoreLazilyAsync(_directory);
            await installing;
            await afterwards(daemon);
            return await daemon.Completion.WaitAsync(Patience);
        }
    }

    /// <summary>Holds CRIU at the stage before the network is unlocked and the marker is sent.</summary>
    private string WriteHoldScript()
    {
        string script = InWork("hold.sh");
        File.WriteAllText(script, $"""
            #!/bin/sh
            [ "$CRTOOLS_SCRIPT_ACTION" = post-restore ] || exit 0
            touch {InWork("held")}
            while [ ! -e {InWork("go")} ]; do sleep 0.01; done
            """);
        Shell($"chmod 700 {script}");
        return script;
    }

    private string InWork(string file) => Path.Combine(_directory, file);
}
