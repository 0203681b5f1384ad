using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.InnerConnections;

/// <summary>Connections between processes of the tree: whatever lies in their buffers arrives, and nothing of the lock is left.</summary>
[Collection<SharedRig>]
public sealed class InnerConnectionTests(RigFixture fixture)
{
    private const string Cgroup = "/sys/fs/cgroup/unified/inner";

    private static readonly string Program = NativeProgram.Build("inner");

    /// <summary>What hangs fails, in milliseconds.</summary>
    private const int Limit = 90_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [Shows(Kind.Sockets, "TCP connections and unix streams between processes of the tree, with full buffers, half closed, with urgent data", Outcome.Moved)]
    [InlineData("127.0.0.1", "full", false)]
    [InlineData("::1", "full", false)]
    [InlineData("::1", "full", true)]
    [InlineData("::ffff:127.0.0.1", "full", false)]
    [InlineData("127.3.4.5", "full half", true)]
    [InlineData("::1", "full half", false)]
    [InlineData("127.0.0.1", "urgent", false)]
    [InlineData("127.0.0.1", "chatter", true)]
    [InlineData("unix", "full half", false)]
    public async Task Move_BuffersAreFull_EveryByteArrives(string address, string modes, bool ownCgroup)
    {
        Requires.Testbed();
        await using Talkers talkers = await Talkers.StartAsync(fixture.Rig, address, modes, ownCgroup, Cancellation);

        await SharedFiles.Carrier.MoveAsync(fixture.Rig, Rig.A, talkers.ProcessId, Cancellation);
        string said = await talkers.FinishAsync(Cancellation);

        said.Should().StartWith("ok ");
        (await fixture.Rig.ExecAsync(Rig.B, ["nft", "list", "tables"], Cancellation)).Output.Should().NotContain("u2c");
    }

    [Theory(Timeout = Limit)]
    [Shows(Kind.Sockets, "TCP connections within the tree over the address that moves along", Outcome.Moved)]
    [InlineData("10.77.0.100", "full", false)]
    [InlineData("10.77.0.100", "full half", true)]
    [InlineData("127.0.0.1", "chatter", true)]
    public async Task Move_AddressMovesAlong_EveryByteArrives(string address, string modes, bool ownCgroup)
    {
        Requires.Testbed();
        await RunningWorkload.BringAddressHomeAsync(fixture.Rig, Cancellation);
        await using Talkers talkers = await Talkers.StartAsync(fixture.Rig, address, modes, ownCgroup, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await agents.MoveAsync(talkers.ProcessId, Cancellation);

        (await talkers.FinishAsync(Cancellation)).Should().StartWith("ok ");
    }

    [Fact(Timeout = Limit)]
    public async Task Receive_KilledWhileItRestores_LeavesNoLockAndTheSourceRuns()
    {
        Requires.Testbed();
        await using Talkers talkers = await Talkers.StartAsync(fixture.Rig, "::1", "full", ownCgroup: true, Cancellation);
        await using SharedFiles.Carrier carrier = await SharedFiles.Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation);
        await using RigProcess sender = carrier.StartSending(talkers.ProcessId);
        await sender.ReadLineAsync("\"Restoring\"", Cancellation);
        string tables = string.Empty;
        for (int attempt = 0; attempt < 200 && !tables.Contains("u2c", StringComparison.Ordinal) && !sender.HasExited; attempt++)
        {
            tables = (await fixture.Rig.ExecAsync(Rig.B, ["nft", "list", "tables"], Cancellation)).Output;
        }

        await carrier.Receiver.KillAsync();
        await sender.WaitAsync(Cancellation);
        string left = "u2c";
        for (int attempt = 0; attempt < 50 && left.Contains("u2c", StringComparison.Ordinal); attempt++)
        {
            left = (await fixture.Rig.ExecAsync(Rig.B, ["nft", "list", "tables"], Cancellation)).Output;
        }

        left.Should().NotContain("u2c");
        (await talkers.FinishAsync(Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>native/inner.c, started in host a.</summary>
    private sealed class Talkers : IAsyncDisposable
    {
        private static int _last;

        private readonly Rig _rig;
        private readonly string _file;

        private Talkers(Rig rig, string file, int processId) => (_rig, _file, ProcessId) = (rig, file, processId);

        public int ProcessId { get; }

        public static async Task<Talkers> StartAsync(Rig rig, string address, string modes, bool ownCgroup, CancellationToken cancellationToken)
        {
            string directory = RepositoryRoot.File("artifacts", "shared");
            Directory.CreateDirectory(directory);
            string file = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{rig.Name}-inner-{Interlocked.Increment(ref _last)}"));
            string join = ownCgroup ? $"mkdir -p {Cgroup}; echo $$ >{Cgroup}/cgroup.procs;" : string.Empty;
            string start = $"{join} echo $$ >{file}.pid; exec {Program} {address} {file} {modes} 2>{file}.error";
            string script = $"setsid sh -c '{start}' </dev/null >/dev/null 2>&1 & for i in $(seq 200); do [ -e {file} ] && exec cat {file}.pid; sleep 0.05; done; cat {file}.error >&2; exit 1";
            string pid = (await rig.ExecAsync(Rig.A, ["sh", "-c", script], cancellationToken)).Successful();
            return new Talkers(rig, file, int.Parse(pid, CultureInfo.InvariantCulture));
        }

        /// <summary>Has both ends read all there is.</summary>
        public async Task<string> FinishAsync(CancellationToken cancellationToken)
        {
            await File.WriteAllTextAsync($"{_file}.go", string.Empty, cancellationToken);
            string said = "ready";
            for (int attempt = 0; attempt < 600 && said.StartsWith("ready", StringComparison.Ordinal); attempt++)
            {
                await Task.Delay(50, cancellationToken);
                said = await File.ReadAllTextAsync(_file, cancellationToken);
            }

            return said;
        }

        public async ValueTask DisposeAsync()
        {
            await _rig.EndAllAsync("inner");
            foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(_file)!, Path.GetFileName(_file) + "*"))
            {
                File.Delete(path);
            }
        }
    }
}
