using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>A workload that overwrites all its memory faster than the link carries: the limits hold, and what the caller chose is done.</summary>
[Collection<SharedRig>]
public sealed class ConvergenceTests(RigFixture fixture) : IAsyncLifetime
{
    private const int LinkMbit = 100;

    // 600 ms less 100 ms for CRIU are 6 MB at 100 Mbit/s, 1,500 of 4,096 pages; the rest is written between the last look and the stop, which takes its time on
    // a busy machine. Without throttling all of them are there.
    private const int MostPagesAtTheStop = 4_000;

    private const string CpuGroups = "find /sys/fs/cgroup/cpu /sys/fs/cgroup -maxdepth 3 -name 'u2c-throttle-*' 2>/dev/null";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await fixture.Rig.ShapeAsync(LinkMbit, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await fixture.Rig.ShapeAsync(0, CancellationToken.None);
        }
    }

    /// <summary>What earlier tests have taken, on a machine that was busy or idle then, does not count.</summary>
    private static string NothingLearned => $"/run/u2cmigration-{Guid.NewGuid():N}";

    [Fact]
    public async Task Move_NeverConvergingWriter_IsStoppedAnywayWithinTheTimeAllowed()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync(7941);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation, "--strategy", "precopy-qemu", "--max-duration-s", "3");

        result.GetProperty("freezeStartMs").GetDouble().Should().BeInRange(3_000, 7_000);
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        result.GetProperty("warnings").ToString().Should().Contain("did not converge");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Fact]
    public async Task Move_DowntimeLimitOutOfReach_GivesUpAndTheWorkloadRuns()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync(7942);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--downtime-limit-ms", "150", "--when-not-converging", "GiveUp", "--work-directory", NothingLearned);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("the limit is 150 ms").And.Contain("runs on the source as before; a retry may succeed");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Fact]
    public async Task Move_Throttled_KeepsTheDowntimeLimitAndGivesTheQuotaBack()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync(7943);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await PutIntoOwnFreezerAsync(workload);

        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation, "--downtime-limit-ms", "600", "--when-not-converging", "Throttle");

        result.GetProperty("rounds").EnumerateArray().Last().GetProperty("sentPages").GetInt64().Should().BeLessThan(MostPagesAtTheStop);
        result.GetProperty("warnings").ToString().Should().Contain("did not converge").And.NotContain("could not be throttled");
        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", CpuGroups], Cancellation)).Output.Should().BeEmpty();
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Fact]
    public async Task Send_KilledWhileThrottling_TheWorkloadGetsItsProcessorTimeBack()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync(7944);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--downtime-limit-ms", "150", "--when-not-converging", "Throttle");
        string group = await WaitForGroupAsync();

        await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", "kill -9 $(pgrep -f '[M]igrationAgent(.dll)? send')"], Cancellation);
        await sender.WaitAsync(Cancellation);

        await WaitForNoGroupAsync();
        string home = (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", $"cat /proc/{Text(workload.ProcessId)}/cgroup"], Cancellation)).Successful();
        home.Should().NotContain(Path.GetFileName(group));
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    private Task<RunningWorkload> StartAsync(int port) => RunningWorkload.StartAsync(fixture.Rig, "overwriter", port, Cancellation, "--memory-mib", "16", "--effort", "60");

    /// <summary>With a group that can be frozen, it can be stopped before it gets its processor time back.</summary>
    private async Task PutIntoOwnFreezerAsync(RunningWorkload workload)
    {
        const string group = "/sys/fs/cgroup/unified/workload";
        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", $"mkdir -p {group} && echo {Text(workload.ProcessId)} >{group}/cgroup.procs"], Cancellation)).Successful();
    }

    private async Task<string> WaitForGroupAsync()
    {
        const string script = $"for i in $(seq 400); do g=$({CpuGroups}); [ -n \"$g\" ] && [ \"$(cat $g/cpu.cfs_quota_us)\" != -1 ] && echo $g && exit 0; sleep 0.05; done; exit 1";
        return (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", script], Cancellation)).Successful();
    }

    private async Task WaitForNoGroupAsync()
    {
        const string script = $"for i in $(seq 100); do [ -z \"$({CpuGroups})\" ] && exit 0; sleep 0.05; done; exit 1";
        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", script], Cancellation)).Successful();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
