using U2CMigration.Core.Sessions;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>Cancelled before the commit, the workload runs on the source as before; from the commit on a cancellation is ignored.</summary>
[Collection<SharedRig>]
public sealed class CancellationTests(RigFixture fixture) : FailureTest(fixture)
{
    [Fact]
    public async Task Run_CancelledInAnyPhaseBeforeTheCommit_LeavesEverythingAsItWas()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();

        for (MigrationPhase phase = MigrationPhase.Preflight; phase < MigrationPhase.Committing; phase++)
        {
            string said = await CancelAsync(workload, phase, exitCode: 1);

            said.Should().Contain($"cancelling in {phase}").And.Contain("cancelled, RolledBack: The migration was cancelled").And.Contain(StillHere);
            await Aftermath.StayedAsync(Rig, workload, Cancellation);
        }
    }

    [Theory]
    [InlineData(MigrationPhase.Committing)]
    [InlineData(MigrationPhase.Releasing)]
    public async Task Run_CancelledFromTheCommitOn_Completes(MigrationPhase phase)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();

        string said = await CancelAsync(workload, phase, exitCode: 0);

        said.Should().Contain($"cancelling in {phase}").And.Contain("moved, Completed");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    [Theory]
    [InlineData(MessageType.RoundEnd)]
    [InlineData(MessageType.Frozen)]
    [InlineData(MessageType.Restored)]
    public async Task Interrupt_WhileTheLinkStandsStill_EndsAtOnce(MessageType at)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await InterruptAsync(sender);
        CommandResult result = await sender.WaitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        await link.CutAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain("The migration was cancelled").And.Contain(StillHere);
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
    }

    [Fact]
    public async Task Interrupt_ReceiverInRound_TellsTheSource()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "8");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);

        await InterruptAsync(agents.Receiver);

        (await FailedAsync(sender, workload)).Should().Contain("The destination was stopped");
    }

    private async Task<string> CancelAsync(RunningWorkload workload, MigrationPhase phase, int exitCode)
    {
        string[] command =
        [
            "dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "cancel", $"{workload.ProcessId}", $"{Rig.AddressOfB}:{Agents.Port}", Agents.Address, $"{phase}",
        ];
        CommandResult result = await Rig.ExecAsync(Rig.A, command, Cancellation);
        result.ExitCode.Should().Be(exitCode, $"it said {result.Output} {result.Error}");
        return result.Output;
    }
}
