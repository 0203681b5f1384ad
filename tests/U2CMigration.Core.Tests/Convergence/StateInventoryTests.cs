using U2CMigration.Core.Convergence;
using U2CMigration.Core.Processes;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class StateInventoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_TreeThatHoldsManyThings_CountsThem()
    {
        using RunningHoarder hoarder = await RunningHoarder.StartAsync(
            7851, Cancellation, "--mappings", "5000", "--descriptors", "300", "--sockets", "100", "--connections", "40", "--threads", "20");

        var state = StateInventory.Take(hoarder.Tree);

        state.Processes.Should().Be(1);
        state.Threads.Should().Be(20);
        state.Mappings.Should().BeInRange(5000, 5100);
        state.Descriptors.Should().BeInRange(440, 460);
        state.Sockets.Should().BeInRange(140, 145);
        state.Connections.Should().Be(40);
    }

    [Fact]
    public async Task Take_ChildrenThatShareMemory_CountsItOnce()
    {
        using RunningHoarder hoarder = await RunningHoarder.StartAsync(7852, Cancellation, "--processes", "8", "--shared-mib", "32");
        await WaitForAsync(() => hoarder.Tree.Count == 9);

        TreeMemory memory = default;
        await WaitForAsync(() => (memory = TreeMemory.Of(hoarder.Tree)).FrozenOnlyBytes is >= 31 << 20 and <= 34 << 20);

        memory.FrozenOnlyBytes.Should().BeInRange(31 << 20, 34 << 20);
        memory.ResidentBytes.Should().BeInRange(32 << 20, 70 << 20);
    }

    [Fact]
    public void Take_ProcessThatHasEnded_CountsForNothing() => StateInventory.Take([int.MaxValue]).Should().Be(default(StateInventory));

    [Theory]
    [InlineData("   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 20 4 30 10 -1", 4711UL)]
    [InlineData("   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0", null)]
    [InlineData("", null)]
    public void TryParse_LineOfTheKernel_TellsEstablishedOnes(string line, ulong? inode) => TcpConnections.TryParse(line).Should().Be(inode);

    /// <summary>What a program has mapped is resident a moment after it said that it is ready.</summary>
    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (int i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(20, Cancellation);
        }
    }
}
