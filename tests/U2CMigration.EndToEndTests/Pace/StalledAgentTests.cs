using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>Either agent is stopped for moments while pages are sent: however acknowledgements and times look by then, the workload is not stopped before all of its memory was sent once.</summary>
[Collection<SharedRig>]
public sealed class StalledAgentTests(RigFixture fixture)
{
    private const int MemoryMib = 384;
    private const long LeastPages = MemoryMib * 256L * 9 / 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(Rig.A, "send", 7971)]
    [InlineData(Rig.B, "receive", 7972)]
    public async Task Move_AgentIsStoppedForMoments_FirstPassIsCompleteBeforeTheFreeze(string host, string role, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "idle", port, Cancellation, "--memory-mib", $"{MemoryMib}");
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--verify", "--strategy", "u2c-unpredicted");

        await StallAsync(host, role, sender);
        CommandResult sent = await sender.WaitAsync(Cancellation);

        JsonElement result = Results.Of(sent);
        JsonElement[] rounds = [.. result.GetProperty("rounds").EnumerateArray()];
        rounds[..^1].Sum(static round => round.GetProperty("sentPages").GetInt64()).Should().BeGreaterThan(LeastPages);
        rounds[^1].GetProperty("sentPages").GetInt64().Should().BeLessThan(LeastPages / 10);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>From the first page on, and not while the workload is frozen.</summary>
    private async Task StallAsync(string host, string role, RigProcess sender)
    {
        await sender.ReadLineAsync("\"phase\":\"PreCopy\"", Cancellation);
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $"p=$(pgrep -f '[M]igrationAgent(.dll)? {role}') || exit 1; for i in 1 2 3 4 5 6; do kill -STOP $p; sleep 0.12; kill -CONT $p; sleep 0.02; done");
        (await fixture.Rig.ExecAsync(host, ["sh", "-c", script], Cancellation)).Successful();
    }
}
