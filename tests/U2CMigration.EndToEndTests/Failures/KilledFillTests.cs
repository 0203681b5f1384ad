using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The receiver is killed when the workload runs and has not all of its pages: it waits for them, and never reads zeros in their place.</summary>
[Collection<SharedRig>]
public sealed class KilledFillTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Holder = "u2c-fill-holder";
    private const string Warden = "u2c-fill-warden";

    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    private static readonly string Program = ProgramInHosts.Path("U2CMigration.Disturbance");

    /// <summary>One of them maps, unmaps, moves and discards memory all the time, the other one writes all it has; both check each page.</summary>
    [Theory]
    [InlineData("shapeshifter", 64)]
    [InlineData("shapeshifter", 200)]
    [InlineData("overwriter", 4000)]
    public async Task Receive_KilledInTheFill_TheWorkloadWaitsAndGetsItsPagesFromTheNextOne(string program, int pages)
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(Rig, program, 7932, Cancellation, program == "overwriter" ? ["--memory-mib", "64", "--effort", "20"] : ["--memory-mib", "48"]);
        CommandResult sent = await MoveAndKillAsync(workload, pages, []);

        Task<string> asked = workload.AskAsync("check", Cancellation);
        await Task.Delay(Gap, Cancellation);
        bool answeredInTheGap = asked.IsCompleted;
        await using Agents next = await StartReceiverAsync();
        string answer = await asked;

        sent.ExitCode.Should().Be(0, $"it said {sent.Output} {sent.Error}");
        answeredInTheGap.Should().BeFalse("it lacks pages that the check reads");
        answer.Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>Its members fork, execute and end all the time: what is forked in the gap waits with its parent, and has the memory of that.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(24)]
    public async Task Receive_KilledInTheFillOfAFamilyThatForks_AllMembersHaveTheirMemory(int pages)
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(Rig, "churner", 7931, Cancellation, "--memory-mib", "8");
        await MoveAndKillAsync(workload, pages);
        await Task.Delay(Gap, Cancellation);

        await using Agents next = await StartReceiverAsync();
        long operations = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        await Task.Delay(Gap, Cancellation);

        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(operations);
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>Each of the two that hold is replaced while the receiver lives, and the one that replaced it holds as well.</summary>
    [Fact]
    public async Task Receive_KilledAfterThoseThatHold_NothingIsLost()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "48");
        await using (RigProcess receiver = await StartSlowReceiverAsync(200))
        {
            await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId);
            await receiver.ReadLineAsync("given", Cancellation);
            await SayAsync($"for name in {Holder} {Warden}; do old=$(pgrep -x $name); kill -KILL $old; until new=$(pgrep -x $name) && [ \"$new\" != \"$old\" ]; do sleep 0.01; done; done");
            await receiver.KillAsync();
            await sender.WaitAsync(Cancellation);
        }

        await Task.Delay(Gap, Cancellation);
        await using Agents next = await StartReceiverAsync();

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>A receiver that continues with the fill is killed as well, and the third one does.</summary>
    [Fact]
    public async Task Receive_TheNextOneKilledToo_TheThirdOneGoesOn()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "48");
        await MoveAndKillAsync(workload, 200);
        string receive = $"{string.Join(' ', ProgramInHosts.Agent)} receive --listen 0.0.0.0:{Agents.Port} --allow-unauthenticated";

        // When it has a holder of its own; on a busy machine it may have ended the fill before that is seen, and then there is none.
        await SayAsync($"old=$(pgrep -x {Holder}); {receive} & p=$!; until pgrep -x {Holder} | grep -qvx \"$old\" || ! pgrep -x {Holder} >/dev/null || ! kill -0 $p; do :; done; kill -KILL $p");

        await using Agents third = await StartReceiverAsync();

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>The warden is the last one that holds: what lacks pages must not run on.</summary>
    [Fact]
    public async Task Receive_KilledTogetherWithTheHolder_TheWorkloadIsEndedBeforeItReadsZeros()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "48");
        await MoveAndKillAsync(workload, 200, Holder);
        await SayAsync($"until [ ! -d /proc/{workload.ProcessId} ]; do sleep 0.05; done");

        await using Agents next = await StartReceiverAsync();
        await EndsAsLostAsync(next, workload);
    }

    /// <summary>No one is left who could have ended it; the next receiver does, and says so.</summary>
    [Fact]
    public async Task Receive_KilledTogetherWithAllThatHold_TheNextOneEndsTheWorkloadAndSaysSo()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "48");
        await MoveAndKillAsync(workload, 200, Holder, Warden);

        await using Agents next = await StartReceiverAsync();
        await EndsAsLostAsync(next, workload);
    }

    /// <summary>A workload that ends while no one serves it leaves nothing behind.</summary>
    [Fact]
    public async Task Receive_KilledAndTheWorkloadToo_ThoseThatHoldEnd()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("--memory-mib", "48");
        await MoveAndKillAsync(workload, 200);
        await SayAsync($"kill -KILL {workload.ProcessId}; while pgrep u2c-fill >/dev/null; do sleep 0.05; done");
        string mark = await SayAsync("ls /run/u2cmigration | grep fill");

        await using Agents next = await StartReceiverAsync();
        mark.Should().EndWith(".filled");
        (await SayAsync("ls /run/u2cmigration | grep fill")).Should().BeEmpty();
    }

    private async Task EndsAsLostAsync(Agents next, RunningWorkload workload)
    {
        await SayAsync($"until [ ! -d /proc/{workload.ProcessId} ]; do sleep 0.05; done");
        await next.Receiver.KillAsync();
        (await next.Receiver.WaitAsync(Cancellation)).Error.Should().Contain("are lost").And.Contain("would read as zeros");
        (await SayAsync("ls /run/u2cmigration/*.fill* 2>/dev/null; pgrep u2c-fill")).Should().BeEmpty();
    }

    /// <summary>Moves it to a receiver that is killed when it has given some pages, at the same time as processes of some names.</summary>
    private async Task<CommandResult> MoveAndKillAsync(RunningWorkload workload, int pages, params string[] others)
    {
        await using RigProcess receiver = await StartSlowReceiverAsync(pages);
        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId, "--max-duration-s", "2");
        await receiver.ReadLineAsync("given", Cancellation);
        string victims = string.Join(' ', others.Select(static name => $"$(pgrep -x {name})"));
        await SayAsync($"until grep -qs '\"IsThawed\":true' /run/u2cmigration/*.state; do sleep 0.01; done; kill -KILL $(pgrep -f '[D]isturbance.dll receive') {victims}");
        await receiver.WaitAsync(Cancellation);
        return await sender.WaitAsync(Cancellation);
    }

    private async Task<RigProcess> StartSlowReceiverAsync(int pages)
    {
        RigProcess receiver = Rig.Start(Rig.B, "dotnet", "exec", Program, "receive", Agents.Port, Agents.Address, "FirstTouch", $"slow-serving:{pages}");
        await receiver.ReadLineAsync("ready", Cancellation);
        return receiver;
    }

    private async Task<string> SayAsync(string command) => (await Rig.ExecAsync(Rig.B, ["sh", "-c", command], Cancellation)).Output.Trim();
}
