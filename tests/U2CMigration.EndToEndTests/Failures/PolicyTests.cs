using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>What a destination lets no one restore: said before anything is touched where the source says what it has, and otherwise found in the images, while the workload can still run on.</summary>
[Collection<SharedRig>]
public sealed class PolicyTests(RigFixture fixture) : FailureTest(fixture)
{
    [Fact]
    public async Task Send_RunsAsAUserThatIsNotAllowed_IsToldBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--allow-users", "1000-1999");

        await using RigProcess sender = agents.StartSending(workload.ProcessId);

        string said = await FailedAsync(sender, workload);
        said.Should().Contain("The destination refused").And.Contain($"Process {workload.ProcessId} (shapeshifter) runs as user 0").And.Contain("--allow-users 0").And.Contain("cap_sys_admin");
    }

    /// <summary>Only the images say what is executed; the way to allow it is in the sentence.</summary>
    [Fact]
    public async Task Send_ExecutesAFileThatIsNotAllowed_RunsOnAtTheSourceUntilItIs()
    {
        Requires.Testbed();
        string place = Path.GetDirectoryName(NativeProgram.Build("shapeshifter"))!;
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using (Agents agents = await StartReceiverAsync("--allow-executables", "/usr"))
        {
            await using RigProcess sender = agents.StartSending(workload.ProcessId);

            string said = await FailedAsync(sender, workload);
            said.Should().Contain($"executes {place}/shapeshifter").And.Contain($"--allow-executables {place}/shapeshifter");
        }

        await Aftermath.CleanAsync(Rig, Cancellation);
        await using Agents allowing = await StartReceiverAsync("--allow-executables", $"/usr,{place}", "--allow-files", "/");
        await allowing.MoveAsync(workload.ProcessId, Cancellation);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>The offer said root with all capabilities, which is allowed here; the images say something else.</summary>
    [Theory]
    [InlineData("another-user", "runs as user 4242")]
    [InlineData("no-credentials", "does not say as whom the thread runs")]
    [InlineData("another-file", "/etc/shadow")]
    public async Task Send_ImagesSayWhatTheOfferDidNot_IsRefusedBeforeCriuSeesThem(string lie, string reason)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess receiver = Rig.Start(Rig.B, "dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "receive", Agents.Port, Agents.Address, "Auto", lie);
        await receiver.ReadLineAsync("ready", Cancellation);

        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId);

        (await FailedAsync(sender, workload)).Should().Contain(reason);
    }
}
