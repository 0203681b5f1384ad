using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>Who has proven nothing gets nothing: no workload is restored for him, and no memory sent to him.</summary>
[Collection<SharedRig>]
public sealed class TrustTests(RigFixture fixture) : FailureTest(fixture)
{
    private const string Endpoint = $"{Rig.AddressOfB}:{Agents.Port}";

    private static readonly string Agent = ProgramInHosts.Path("MigrationAgent");

    [Fact]
    public async Task Receive_NothingToBeProven_IsRefusedBeyondThisHost()
    {
        Requires.Testbed();
        CommandResult result = await Rig.ExecAsync(Rig.B, ["dotnet", "exec", Agent, "receive", "--listen", "0.0.0.0:9410", "--json-lines"], Cancellation);

        result.ExitCode.Should().Be(2);
        ErrorOf(result).Should().Contain("--allow-unauthenticated").And.Contain("--secret-file").And.Contain("root");
    }

    [Fact]
    public async Task Send_NothingToBeProven_IsRefusedBeyondThisHost()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using RigProcess sender = Agents.StartSending(Rig, Endpoint, workload.ProcessId, Agents.Locked);

        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(2);
        ErrorOf(result).Should().Contain("--allow-unauthenticated").And.Contain("memory");
    }

    /// <summary>A secret lets the migration in that proves it, once; no one else, and no second one.</summary>
    [Fact]
    public async Task Move_WithASecret_OnlyWhoKnowsItIsLetIn()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string secret = await MakeSecretAsync("/run/move.secret", Rig.A, Rig.B);
        await MakeSecretAsync("/run/other.secret", Rig.A);
        await using Agents agents = await StartReceiverAsync("--secret-file", "/run/move.secret");
        await using (RigProcess stranger = Agents.StartSending(Rig, Endpoint, workload.ProcessId, "--secret-file", "/run/other.secret"))
        {
            (await FailedAsync(stranger, workload)).Should().Contain("not expected");
        }

        await using (RigProcess plain = Agents.StartSending(Rig, Endpoint, workload.ProcessId))
        {
            await FailedAsync(plain, workload);
        }

        await agents.MoveAsync(workload.ProcessId, Cancellation, "--secret-file", "/run/move.secret");

        await Aftermath.MovedAsync(Rig, workload, Cancellation);
        CommandResult received = await agents.Receiver.WaitAsync(Cancellation);
        (received.Output + received.Error).Should().NotContain(secret);
    }

    /// <summary>Certificates of the same authority: that of a printer is none of a source.</summary>
    [Fact]
    public async Task Move_WithCertificates_OnlyASourceIsLetIn()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        string directory = RepositoryRoot.File("artifacts", $"trust-{Environment.ProcessId}");
        try
        {
            await RunAsync("certificates", directory, "--host", Rig.AddressOfA, "--host", Rig.AddressOfB);
            await RunAsync("certificates", directory, "--host", "printer.lan", "--role", "none");
            await using Agents agents = await StartReceiverAsync(Certificate(directory, Rig.AddressOfB));
            await using (RigProcess printer = Agents.StartSending(Rig, Endpoint, workload.ProcessId, Certificate(directory, "printer.lan")))
            {
                (await FailedAsync(printer, workload)).Should().Contain("not authorized");
            }

            await agents.MoveAsync(workload.ProcessId, Cancellation, Certificate(directory, Rig.AddressOfA));
            await Aftermath.MovedAsync(Rig, workload, Cancellation);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string[] Certificate(string directory, string host) =>
        ["--cert", Path.Combine(directory, $"{host}.pem"), "--key", Path.Combine(directory, $"{host}.key"), "--ca", Path.Combine(directory, "ca.pem")];

    private async Task RunAsync(params string[] arguments)
    {
        using var agent = System.Diagnostics.Process.Start("dotnet", ["exec", Agent, .. arguments]);
        await agent.WaitForExitAsync(Cancellation);
        agent.ExitCode.Should().Be(0);
    }

    private async Task<string> MakeSecretAsync(string path, params string[] hosts)
    {
        string secret = (await Rig.ExecAsync(hosts[0], ["dotnet", "exec", Agent, "secret"], Cancellation)).Successful().Trim();
        foreach (string host in hosts)
        {
            (await Rig.ExecAsync(host, ["sh", "-c", $"umask 077; echo '{secret}' > {path}"], Cancellation)).Successful();
        }

        return secret;
    }
}
