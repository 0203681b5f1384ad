using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.IntegrationTests;

/// <summary>A dump that ends in the midst leaves no network lock: behind one, nobody would hear from the workload again.</summary>
public sealed class LazyDumpLockTests : CriuTestBase
{
    /// <summary>More than a dump of the target takes, in steps that meet it locked more than once.</summary>
    private static readonly IEnumerable<TimeSpan> Moments = Enumerable.Range(0, 30).Select(static step => TimeSpan.FromMilliseconds(3 * step));

    [Fact]
    public async Task HoldAsync_CancelledAtAnyMoment_LeavesNoLock()
    {
        (TargetProcess target, Socket peer) = await StartConnectedAsync();
        using (target)
        using (peer)
        {
            IReadOnlySet<string> before = NetworkLockTables.List(null);
            int cancelled = 0;
            foreach (TimeSpan moment in Moments)
            {
                using var cancellation = new CancellationTokenSource();
                await using (LazyDump dump = LazyDump.Prepare())
                {
                    Task holding = dump.HoldAsync(Locking(target, $"images{moment.Milliseconds}"), cancellation.Token);
                    await Task.Delay(moment, Limit);
                    await cancellation.CancelAsync();
                    await Task.WhenAny(holding.WaitAsync(Limit));
                    (holding.IsCompletedSuccessfully || holding.IsCanceled).Should().BeTrue();
                    cancelled += holding.IsCanceled ? 1 : 0;
                }

                NetworkLockTables.List(null).Should().BeEquivalentTo(before, $"it was cancelled after {moment.TotalMilliseconds} ms");
                await target.AdvancesAsync();
            }

            cancelled.Should().BePositive();
        }
    }

    [Fact]
    public async Task RollbackAsync_WorkerKilledWhileHeld_LeavesNoLock()
    {
        (TargetProcess target, Socket peer) = await StartConnectedAsync();
        using (target)
        using (peer)
        {
            IReadOnlySet<string> before = NetworkLockTables.List(null);
            await using LazyDump dump = LazyDump.Prepare();
            await dump.HoldAsync(Locking(target, "images"), Limit);
            NetworkLockTables.List(null).Should().HaveCount(before.Count + 1, "the connection is locked");

            using SafeFileHandle worker = PidFd.Open(dump.WorkerProcessId);
            PidFd.TrySignal(worker, PidFd.Kill);
            await dump.RollbackAsync();

            NetworkLockTables.List(null).Should().BeEquivalentTo(before);
            await target.AdvancesAsync();
        }
    }

    private CriuDumpOptions Locking(TargetProcess target, string images) =>
        Dump(target, images) with { TcpEstablished = true, NetworkLock = CriuNetworkLock.Nftables };

    private async Task<(TargetProcess Target, Socket Peer)> StartConnectedAsync()
    {
        Requires.Criu();
        Requires.Command("nft");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task<Socket> accepting = listener.AcceptSocketAsync(Limit).AsTask();
        TargetProcess target = await TargetProcess.StartAsync(
            Directory, $"use IO::Socket::INET; our $connection = IO::Socket::INET->new(PeerAddr => '127.0.0.1:{port}') or die");
        return (target, await accepting);
    }
}
