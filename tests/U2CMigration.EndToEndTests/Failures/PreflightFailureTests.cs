using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>What makes a migration impossible is found before anything is touched, and named with its remedy.</summary>
[Collection<SharedRig>]
public sealed class PreflightFailureTests(RigFixture fixture) : FailureTest(fixture)
{
    // Nobody has to listen: none of these gets as far as connecting.
    private const string Nowhere = $"{Rig.AddressOfB}:9499";

    [Fact]
    public async Task Send_NotRoot_IsRefused()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string send = string.Join(' ', Agents.SendCommand(Nowhere, workload.ProcessId));

        await using RigProcess sender = Rig.Start(Rig.A, "setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", $"HOME=/tmp exec {send} --work-directory /tmp/not-root");

        (await FailedAsync(sender, workload, exitCode: 2)).Should().Contain("run it as root");
    }

    [Fact]
    public async Task Send_NoCriu_IsRefused()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        await using RigProcess sender = Agents.StartSending(Rig, Nowhere, workload.ProcessId, "--criu", "no-such-criu");

        (await FailedAsync(sender, workload, exitCode: 2)).Should().Contain("'no-such-criu' is not on the PATH").And.Contain("Install CRIU");
    }

    [Fact]
    public async Task Send_CriuTooOld_IsRefused()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        await using RigProcess sender = Agents.StartSending(Rig, Nowhere, workload.ProcessId, "--criu", NativeProgram.Build("aged_criu"));

        (await FailedAsync(sender, workload, exitCode: 2)).Should().Contain("CRIU 3.16 is too old; install 3.17 or newer");
    }

    [Fact]
    [Shows(Kind.Processes, "a process that another one traces", Outcome.Refused, Remedy = "End the debugger or tracer.")]
    public async Task Send_AlreadyTraced_NamesTheTracer()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess tracer = Rig.Start(Rig.A, NativeProgram.Build("tracer"), $"{workload.ProcessId}");
        await tracer.ReadLineAsync("tracing", Cancellation);

        await using RigProcess sender = Agents.StartSending(Rig, Nowhere, workload.ProcessId);

        (await FailedAsync(sender, workload, exitCode: 2)).Should().MatchRegex(@"Process \d+ \(shapeshifter\) is traced by process \d+.*end that first");
    }

    [Fact]
    public async Task Send_WorkDirectoryCanNotBeCreated_NamesIt()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();

        await using RigProcess sender = Agents.StartSending(Rig, Nowhere, workload.ProcessId, "--work-directory", "/proc/images", "--criu", "no-such-criu");

        string said = await FailedAsync(sender, workload, exitCode: 2);
        said.Should().Contain("The work directory '/proc/images' can not be created").And.Contain("no-such-criu", "all problems are named at once");
    }
}
