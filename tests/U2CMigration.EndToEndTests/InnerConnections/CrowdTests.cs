using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.InnerConnections;

/// <summary>
/// More connections than CRIU's own network lock bears (it is aborted from about a thousand sockets on, and leaves those that it was reading dumb): a table of ours locks them, and is gone afterwards.
/// </summary>
[Collection<SharedRig>]
public sealed class CrowdTests(RigFixture fixture)
{
    private const int Connections = 1500;
    private const string Cgroup = "/sys/fs/cgroup/unified/crowd";

    /// <summary>What hangs fails, in milliseconds.</summary>
    private const int Limit = 120_000;

    private static readonly string Program = NativeProgram.Build("crowd");

    private static int _last;

    private readonly string _file = Path.Combine(
        Directory.CreateDirectory(RepositoryRoot.File("artifacts", "shared")).FullName,
        string.Create(CultureInfo.InvariantCulture, $"{fixture.Rig.Name}-crowd-{Interlocked.Increment(ref _last)}"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", false)]
    public async Task Move_ConnectionsOfWhichNoAddressMoves_AllAnswer(string address, bool ownCgroup)
    {
        Requires.Testbed();
        int root = await StartAsync(address, ownCgroup);
        try
        {
            await SharedFiles.Carrier.MoveAsync(fixture.Rig, Rig.A, root, Cancellation);

            await AllAnswerAsync(Rig.B);
        }
        finally
        {
            await EndAsync();
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Move_AddressMovesAlongAndConnectionsAreWithin_AllAnswer()
    {
        Requires.Testbed();
        await RunningWorkload.BringAddressHomeAsync(fixture.Rig, Cancellation);
        int root = await StartAsync(Rig.ServiceAddress, ownCgroup: true);
        try
        {
            await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

            await agents.MoveAsync(root, Cancellation);

            await AllAnswerAsync(Rig.B);
        }
        finally
        {
            await EndAsync();
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Move_DestinationOrSourceIsKilledInTheFreeze_AllAnswerOnTheSource(bool destination)
    {
        Requires.Testbed();
        int root = await StartAsync("127.0.0.1", ownCgroup: true);
        try
        {
            await using SharedFiles.Carrier carrier = await SharedFiles.Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation);
            await using RigProcess sender = carrier.StartSending(root);
            await sender.ReadLineAsync("\"Restoring\"", Cancellation);
            await (destination ? carrier.Receiver : sender).KillAsync();
            await sender.WaitAsync(Cancellation);

            await AllAnswerAsync(Rig.A);
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task<int> StartAsync(string address, bool ownCgroup)
    {
        string join = ownCgroup ? $"mkdir -p {Cgroup}; echo $$ >{Cgroup}/cgroup.procs;" : string.Empty;
        string start = $"{join} echo $$ >{_file}.pid; exec {Program} both {address} 7878 {_file} {Connections}";
        string script = $"setsid sh -c '{start}' </dev/null >/dev/null 2>&1 & for i in $(seq 400); do [ -e {_file} ] && exec cat {_file}.pid; sleep 0.05; done; exit 1";
        string id = (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", script], Cancellation)).Successful();
        (await File.ReadAllTextAsync(_file, Cancellation)).Should().NotStartWith("broken");
        return int.Parse(id, CultureInfo.InvariantCulture);
    }

    /// <summary>A round needs an answer from every connection. The second one from now began after the move.</summary>
    private async Task AllAnswerAsync(string host)
    {
        (await fixture.Rig.ExecAsync(host, ["pgrep", "-x", "crowd"], Cancellation)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(2);
        string before = await File.ReadAllTextAsync(_file, Cancellation);
        string now = before;
        while (int.TryParse(now, CultureInfo.InvariantCulture, out int round) && round < int.Parse(before, CultureInfo.InvariantCulture) + 2)
        {
            await Task.Delay(50, Cancellation);
            now = await File.ReadAllTextAsync(_file, Cancellation);
        }

        now.Should().NotStartWith("broken");
        foreach (string each in (string[])[Rig.A, Rig.B])
        {
            (await fixture.Rig.ExecAsync(each, ["nft", "list", "tables"], Cancellation)).Output.Should().NotContainAny("u2c", "CRIU");
        }
    }

    private async Task EndAsync()
    {
        await fixture.Rig.EndAllAsync("crowd");
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(_file)!, Path.GetFileName(_file) + "*"))
        {
            File.Delete(path);
        }
    }
}
