using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CarriedState;

/// <summary>A protection never vanishes: what was forbidden is forbidden after a move, or there is no move.</summary>
[Collection<SharedRig>]
public sealed class ProtectionTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Program = "protected";

    [Theory]
    [Shows(Kind.Protections, "capabilities, securebits, no-new-privileges, limits, non-dumpable", Outcome.Moved)]
    [Shows(Kind.Protections, "memory-deny-write-execute, sealed mappings (mseal)", Outcome.CarriedBeside)]
    [Shows(Kind.Protections, "sealed files", Outcome.Moved)]
    [InlineData(8411, true)]
    [InlineData(8412, false)]
    public async Task Move_EveryProtection_ForbidsAsBefore(int port, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("all", port);
        await using Agents agents = await StartReceiverAsync();
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");

        await agents.MoveAsync(workload.ProcessId, Cancellation);

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Theory]
    [InlineData("landlock", 8413)]
    [InlineData("landlock-thread", 8414)]
    public async Task Move_LandlockSandbox_IsRefusedBeforeAnythingIsTouched(string kind, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync(kind, port);
        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:9499", workload.ProcessId);

        CommandResult result = await sender.WaitAsync(Cancellation);
        JsonElement check = await Agents.CheckAsync(Rig, workload.ProcessId, Cancellation);

        result.ExitCode.Should().Be(2);
        check.GetProperty("isRefused").GetBoolean().Should().BeTrue();
        check.GetProperty("problems").ToString().Should().Contain("Landlock");
        ErrorOf(result).Should().Contain($"Process {workload.ProcessId} ").And.Contain("Landlock").And.Contain("--allow-losing-protections").And.Contain(StillHere);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Fact]
    [Shows(Kind.Protections, "a Landlock sandbox, of the program or of one thread", Outcome.GivenUpIfAllowed, Because = "The kernel shows it to nobody, so that no restore can build it again.", Remedy = "Start the program without it.", Option = "AllowLosingProtections (agent: --allow-losing-protections)")]
    public async Task Move_LandlockSandboxThatMayBeLost_IsNamedInTheResult()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartAsync("landlock", 8415);
        await using Agents agents = await StartReceiverAsync();

        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation, "--allow-losing-protections");

        moved.GetProperty("warnings").EnumerateArray().Select(static warning => warning.GetString()).Should().ContainSingle(warning => warning!.Contains("Landlock", StringComparison.Ordinal));
    }

    private Task<RunningWorkload> StartAsync(string kind, int port) => RunningWorkload.StartAsync(Rig, Program, port, Cancellation, "--kind", kind);
}
