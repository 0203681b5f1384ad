using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>A destination that speaks the protocol and asks for what is not its own, or says what cannot be: it gets nothing, and the workload runs on.</summary>
[Collection<SharedRig>]
public sealed class LyingDestinationTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Port = "9413";

    [Fact]
    public async Task Send_DestinationAsksForAnotherProcess_GivesItNothing()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess stranger = Rig.Start(Rig.A, "sh", "-c", "echo pid $$; API_KEY=of-another-tenant exec sleep 300");
        string line = await stranger.ReadLineAsync("pid", Cancellation);
        int processId = int.Parse(line[(line.IndexOf("pid ", StringComparison.Ordinal) + 4)..], System.Globalization.CultureInfo.InvariantCulture);

        (string message, string liar) = await LieAsync(workload, "missing", processId, await TopOfStackAsync(processId));

        liar.Should().Contain("given 0");
        message.Should().Contain("broke the protocol").And.Contain($"process {processId}");
    }

    /// <summary>A process of the tree, and memory that is none.</summary>
    [Fact]
    public async Task Send_DestinationAsksForMemoryThatDoesNotTravel_GivesItNothing()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        (string message, string liar) = await LieAsync(workload, "missing", workload.ProcessId, "1000");

        liar.Should().Contain("given 0");
        message.Should().Contain("broke the protocol").And.Contain("0x1000");
    }

    [Theory]
    [InlineData("early", "Restored")]
    [InlineData("missing-early", "MissingPages")]
    [InlineData("resumed", "Resumed")]
    public async Task Send_DestinationSaysWhatCannotBeYet_IsRolledBack(string lie, string named)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        (string message, _) = await LieAsync(workload, lie, workload.ProcessId, "1000");

        message.Should().Contain("broke the protocol").And.Contain(named);
    }

    [Fact]
    public async Task Send_DestinationFloods_IsRolledBack()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        (string message, _) = await LieAsync(workload, "flood", workload.ProcessId, "1000");

        message.Should().Contain("broke the protocol").And.Contain("MissingPages");
    }

    private async Task<(string Message, string Liar)> LieAsync(RunningWorkload workload, string lie, int processId, string page)
    {
        await using RigProcess liar = Rig.Start(Rig.B, "dotnet", "exec", ProgramInHosts.Path("U2CMigration.Disturbance"), "lie", Port, lie, $"{processId}", page);
        await liar.ReadLineAsync("ready", Cancellation);
        await using RigProcess sender = Agents.StartSending(Rig, $"{Rig.AddressOfB}:{Port}", workload.ProcessId);
        string message = await FailedAsync(sender, workload);
        return (message, (await liar.WaitAsync(Cancellation)).Output);
    }

    /// <summary>Where its environment lies.</summary>
    private async Task<string> TopOfStackAsync(int processId)
    {
        string find = $"end=$(sed -n 's/^[0-9a-f]*-\\([0-9a-f]*\\) .*\\[stack\\]$/\\1/p' /proc/{processId}/maps); printf '%x' $((0x$end - 0x1000))";
        return (await Rig.ExecAsync(Rig.A, ["sh", "-c", find], Cancellation)).Successful().Trim();
    }
}
