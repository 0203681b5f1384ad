using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Tests.Rpc;

/// <summary>With shell scripts in the place of CRIU: how the worker is started, and how it ends.</summary>
[SupportedOSPlatform("linux")]
public sealed class CriuWorkerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_Program_GetsNoOtherDescriptorsThanMeant()
    {
        using var foreign = File.OpenHandle("/etc/passwd");
        SetInheritable(foreign);
        string output = _directory["descriptors"];
        await using CriuWorker worker = CriuWorker.Start(Script($"(for d in 0 1 2 3 4 5 6 7 8 9; do test -e /proc/$$/fd/$d && printf \"$d \"; done; echo; echo $*) > {output}") with { InheritedHandles = [foreign] });
        await worker.Ended;

        // What the shell itself opens, its script above all, gets numbers from 10 on.
        string[] lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)
            .Should().Equal(0, 1, 2, 3, CriuWorker.InheritedDescriptor(0));
        lines[1].Should().Be("swrk 3");
    }

    [Fact]
    public async Task VersionAsync_ProgramThatEnds_SaysSo()
    {
        await using CriuWorker worker = CriuWorker.Start(Script("exit 3"));
        Func<Task> act = () => worker.VersionAsync();
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().ContainAll("VERSION", "exit code 3", "Nothing was touched");
    }

    [Theory]
    [InlineData("echo \"criu: unrecognized option '--no-such'\" >&2; exit 1", "VERSION: criu: unrecognized option '--no-such'.")]
    [InlineData("echo 'Error (criu/config.c:9): Unsupported file'; echo '(00.1) Error (criu/config.c:9): Unsupported file' >&2; echo more >&2; exit 1", "VERSION: Unsupported file.")]
    [InlineData("yes 'a long lament' | head -c 1000000 >&2; exit 1", "VERSION: a long lament.")]
    public async Task VersionAsync_ProgramSaysWhyItEnds_IsQuoted(string script, string expected)
    {
        await using CriuWorker worker = CriuWorker.Start(Script(script));
        Func<Task> act = () => worker.VersionAsync();
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().Contain(expected);
    }

    [Fact]
    public async Task VersionAsync_Cancelled_KillsWorkerAndItsChildren()
    {
        await using CriuWorker worker = CriuWorker.Start(Script($"sleep 1000 & echo $! > {_directory["child"]}.new; mv {_directory["child"]}.new {_directory["child"]}; wait"));
        int child = await ReadNumberAsync(_directory["child"]);
        using var handle = PidFd.Open(child);
        using var cancellation = new CancellationTokenSource();
        Task version = worker.VersionAsync(cancellation.Token);
        await cancellation.CancelAsync();

        Func<Task> act = () => version;
        await act.Should().ThrowAsync<OperationCanceledException>();
        (await worker.Ended).Should().Be(128 + 9);
        SpinWait.SpinUntil(() => PidFd.HasEnded(handle), TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    [Fact]
    public async Task DisposeAsync_WorkerThatIgnoresItsSocket_IsKilled()
    {
        CriuWorker worker = CriuWorker.Start(Script("sleep 1000"));
        await worker.DisposeAsync();
        (await worker.Ended).Should().Be(128 + 9);
    }

    [Fact]
    public void Start_MissingProgram_SaysWhatToDo()
    {
        Action act = () => CriuWorker.Start(new CriuWorkerOptions { ProgramPath = "no-such-criu" });
        act.Should().Throw<CriuException>().WithMessage("*'no-such-criu' is not on the PATH*Install CRIU*");
    }

    [Fact]
    public void Start_FileThatIsNoProgram_SaysWhy()
    {
        string path = _directory["plain"];
        File.WriteAllText(path, "x");
        Action act = () => CriuWorker.Start(new CriuWorkerOptions { ProgramPath = path });
        act.Should().Throw<CriuException>().WithMessage("*cannot be started*");
    }

    [Fact]
    public async Task Start_CommandPrefix_ComesFirst()
    {
        string output = _directory["arguments"];
        CriuWorkerOptions options = Script($"echo $0 $* > {output}");
        await using CriuWorker worker = CriuWorker.Start(options with { CommandPrefix = ["env", "X=1"] });
        await worker.Ended;
        (await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken)).Trim().Should().Be($"{options.ProgramPath} swrk 3");
    }

    [Fact]
    public async Task VersionAsync_WhileBusy_IsRefused()
    {
        await using CriuWorker worker = CriuWorker.Start(Script("sleep 1000"));
        using var cancellation = new CancellationTokenSource();
        Task first = worker.VersionAsync(cancellation.Token);
        Func<Task> act = () => worker.VersionAsync();
        await act.Should().ThrowAsync<InvalidOperationException>();
        await cancellation.CancelAsync();
        await first.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task<int> ReadNumberAsync(string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!File.Exists(path))
        {
            await Task.Delay(5, limit.Token);
        }

        return int.Parse(await File.ReadAllTextAsync(path, limit.Token), CultureInfo.InvariantCulture);
    }

    private static void SetInheritable(SafeHandle handle) => NativeDescriptor.ClearCloseOnExec(handle);

    private CriuWorkerOptions Script(string body)
    {
        string path = _directory["criu"];
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new CriuWorkerOptions { ProgramPath = path };
    }
}
