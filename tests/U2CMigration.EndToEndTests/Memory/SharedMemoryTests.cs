using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Memory;

/// <summary>Memory that processes share travels before the freeze, whatever it is and however it is written.</summary>
[Collection<SharedRig>]
public sealed class SharedMemoryTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "memory that processes of the tree share (MAP_SHARED, memfd, files in /dev/shm, named and deleted)", Outcome.Moved, Because = "Before the freeze with CRIU 4.2 or newer on both hosts, in it with older ones.")]
    [InlineData(8010, "first-touch", "auto", "u2c", true, "--deleted /dev/shm --named /dev/shm/u2c-sharer-8010")]
    [InlineData(8011, "flat-images", "auto", "precopy-converge", true, "--filter --forks --deleted /dev/shm")]
    [InlineData(8012, "first-touch", "content-hash", "u2c", false, "--filter")]
    [InlineData(8013, "first-touch", "write-protect", "stop-and-copy", true, "--forks --busy")]
    [InlineData(8014, "first-touch", "auto", "mbdpc", true, "--busy")]
    public async Task Move_MemoryWrittenByTwoProcesses_EveryPageIsThereAndHardlyAnyTravelsInTheFreeze(
        int port, string restoreMode, string tracker, string strategy, bool hasOwnCgroup, string options)
    {
        Requires.Testbed();
        const int MebibytesOfEach = 24;
        await using RunningWorkload workload = await RunningWorkload.StartAsync(
            fixture.Rig, "sharer", port, Cancellation, ["--memory-mib", MebibytesOfEach.ToString(CultureInfo.InvariantCulture), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", restoreMode);
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation, "--tracker", tracker, "--strategy", strategy);

        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
        FrozenOnlyBytes(result, "memfd").Should().Be(0, "CRIU has copied no memory file");
        FrozenOnlyBytes(result, "sharedAnonymous").Should().Be(0);
        result.GetProperty("memoryBytes").GetInt64().Should().BeGreaterThan(2L * MebibytesOfEach << 20);
        result.GetProperty("pagesVerified").GetInt64().Should().BeGreaterThan(2L * MebibytesOfEach * 256 * 9 / 10);
    }

    /// <summary>What was restored from handed over files is dumped and handed over again, and a file that the first move has left behind is replaced.</summary>
    [Fact]
    [Shows(Kind.Memory, "shared memory of a workload that was moved before", Outcome.Moved)]
    public async Task Move_ThereAndBack_EveryPageIsThere()
    {
        Requires.Testbed();
        const string Named = "/dev/shm/u2c-sharer-8015";
        await using RunningWorkload workload = await RunningWorkload.StartAsync(
            fixture.Rig, "sharer", 8015, Cancellation, "--memory-mib", "8", "--deleted", "/dev/shm", "--named", Named, "--filter", "--forks");
        await using (Agents there = await Agents.StartAsync(fixture.Rig, Cancellation))
        {
            await there.MoveAsync(workload.ProcessId, Cancellation);
        }

        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        await using RigProcess back = fixture.Rig.Start(Rig.A, [.. ProgramInHosts.Agent, "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--json-lines"]);
        await back.ReadLineAsync("\"ready\"", Cancellation);
        await using RigProcess sender = fixture.Rig.Start(
            Rig.B, [.. ProgramInHosts.Agent, "send", "--pid", $"{workload.ProcessId}", "--to", $"{Rig.AddressOfA}:{Agents.Port}", "--allow-unauthenticated", "--address", Agents.Address, "--json-lines", "--verify"]);
        (await sender.WaitAsync(Cancellation)).Successful().Should().Contain("\"pagesMismatched\":0");

        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
        (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", "ls -A /dev/shm"], Cancellation)).Output.Should().NotContain(".u2c-", "nothing is left of what was replaced");
    }

    private static long FrozenOnlyBytes(JsonElement result, string kind) =>
        result.GetProperty("frozenOnlyBytes").TryGetProperty(kind, out JsonElement bytes) ? bytes.GetInt64() : 0;
}
