using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Machines;

/// <summary>Two machines with kernels of their own, emulated: what namespaces of one kernel can not show.</summary>
[Collection<SharedRig>]
public sealed class MachineTests : IDisposable
{
    // Most of 32 MiB.
    private const int LeastPages = 5_000;

    private static readonly string Script = RepositoryRoot.File("eng", "vm.sh");

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-machines-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migration_BetweenTwoKernels_KeepsEveryPromiseAndLeavesNothing()
    {
        await RequireMachinesAsync();
        string report = Path.Combine(_directory, "report.json");

        CommandResult moved = await LocalCommand.RunAsync(
            ["bash", Script, "--memory-mib", "32", "--write-rate", "100", "--strategy", "precopy-converge", "--verify", "--timeline", Path.Combine(_directory, "t.png"), "--json", report], Cancellation);

        moved.ExitCode.Should().Be(0, moved.Output + moved.Error);
        using JsonDocument run = JsonDocument.Parse(await File.ReadAllTextAsync(report, Cancellation));
        run.RootElement.GetProperty("outcome").GetString().Should().Be("completed");
        run.RootElement.GetProperty("connectionSurvived").GetBoolean().Should().BeTrue();
        run.RootElement.GetProperty("lostWrites").GetInt64().Should().Be(0);
        run.RootElement.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        run.RootElement.GetProperty("pagesVerified").GetInt64().Should().BeGreaterThan(LeastPages);
        run.RootElement.GetProperty("kernel").GetString().Should().StartWith("6.12.").And.Contain("cloud", "the machine's kernel is meant");
        (await LocalCommand.RunAsync(["bash", Script, "list"], Cancellation)).Successful().Should().NotContain("demo-");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Building needs the network and root; where it fails there is nothing to test.</summary>
    private static async Task RequireMachinesAsync()
    {
        Requires.Testbed();
        Requires.That(File.Exists("/dev/net/tun"), "emulated machines are joined by tap devices, and /dev/net/tun is missing");
        CommandResult built = await LocalCommand.RunAsync(["bash", Script, "build"], Cancellation);
        Requires.That(built.ExitCode == 0, $"QEMU or a kernel for it can not be installed: {built.Error.Trim()}");
    }
}
