using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The destination cannot take the workload, or finds so on the way: it says why, and the source runs on.</summary>
[Collection<SharedRig>]
public sealed class DestinationRefusalTests(RigFixture fixture) : FailureTest(fixture)
{
    [Fact]
    [Shows(Kind.Destination, "the number of a process that is in use there", Outcome.Refused, Remedy = "Receive into a PID namespace of its own, or end that process.")]
    public async Task Send_ProcessIdTakenThere_NamesIt()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        string occupy = $"echo {workload.ProcessId - 1} > /proc/sys/kernel/ns_last_pid; sleep 1000 & echo pid $!; wait";
        await using RigProcess occupant = Rig.Start(Rig.B, "sh", "-c", occupy);
        string taken = await occupant.ReadLineAsync("pid", Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        await Rig.ExecAsync(Rig.B, ["kill", $"{workload.ProcessId}"], Cancellation);

        taken.Should().Be($"pid {workload.ProcessId}");
        result.ExitCode.Should().Be(1);
        ErrorOf(result).Should().Contain($"Process id {workload.ProcessId} is in use on this host").And.Contain("a retry may succeed");
        answer.Should().StartWith("ok ");
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
    }

    /// <summary>It was fit when the receiver started: an upgrade that went wrong.</summary>
    [Theory]
    [InlineData(null, "There is no program")]
    [InlineData("aged_criu", "CRIU 3.16 is too old")]
    public async Task Send_CriuThereHasBecomeUnfit_SaysSo(string? program, string reason)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string criu = Path.Combine(NativeProgram.Build("aged_criu") + ".receiver");
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"ln -sfn $(command -v criu) {criu}"], Cancellation)).Successful();
        await using Agents agents = await StartReceiverAsync("--criu", criu);
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", program is null ? $"rm {criu}" : $"ln -sfn {NativeProgram.Build(program)} {criu}"], Cancellation)).Successful();

        await using RigProcess sender = agents.StartSending(workload.ProcessId);

        string said = await FailedAsync(sender, workload);
        File.Delete(criu);
        said.Should().Contain("The destination refused").And.Contain(reason).And.Contain("a retry needs the cause removed first");
    }

    [Fact]
    public async Task Send_WorkloadOutgrowsTheLimitThere_SaysSo()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--max-memory-mib", "128");
        await using Link link = await Link.StartAsync(Rig, MessageType.RoundEnd, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        (await workload.AskAsync("grow", Cancellation)).Should().StartWith("ok ");
        await link.PassAsync(Cancellation);

        (await FailedAsync(sender, workload)).Should().Contain("The destination gave up").And.Contain("its limit is 128 MiB");
    }

    [Fact]
    public async Task Send_DiskFullThere_SaysSo()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string directory = await MountSmallAsync(Rig.B, kib: 64);
        await using Agents agents = await StartReceiverAsync("--work-directory", directory);

        await using RigProcess sender = agents.StartSending(workload.ProcessId);

        (await FailedAsync(sender, workload)).Should().Contain("The destination gave up").And.Contain("No space left");
        (await LeftInAsync(Rig.B, directory)).Should().NotContain("-in");
    }

    [Fact]
    public async Task Send_DiskFullHere_SaysSo()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string directory = await MountSmallAsync(Rig.A, kib: 32);
        await using Agents agents = await StartReceiverAsync();

        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--work-directory", directory);

        (await FailedAsync(sender, workload)).Should().Contain("No space left").And.Contain(directory);
        (await LeftInAsync(Rig.A, directory)).Should().MatchRegex(@"^[0-9a-f]{32}\.dump\.log$", "of it all only CRIU's log is kept");
    }

    private async Task<string> MountSmallAsync(string host, int kib)
    {
        string directory = $"/tmp/small-{kib}";
        (await Rig.ExecAsync(host, ["sh", "-c", $"mkdir -p {directory} && mount -t tmpfs -o mode=700,size={kib}k small {directory}"], Cancellation)).Successful();
        return directory;
    }

    private async Task<string> LeftInAsync(string host, string directory) =>
        (await Rig.ExecAsync(host, ["ls", directory], Cancellation)).Successful();
}
