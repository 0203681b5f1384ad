using U2CMigration.Criu;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>One that serves pages is killed, and another continues with its descriptors and its log; the process checks each byte of its memory, after everything it did to it.</summary>
/// <remarks>Alone: it forks as fast as it can, so that the numbers of processes begin anew, and those that a restore needs may be given to others.</remarks>
[Collection(nameof(SuccessionTests))]
[CollectionDefinition(nameof(SuccessionTests), DisableParallelization = true)]
public sealed class SuccessionTests
{
    private const int Pages = 4096;

    [Theory]
    [InlineData(1, "touch")]
    [InlineData(700, "touch", "7")]
    [InlineData(700, "threads")]
    [InlineData(900, "move")]
    [InlineData(900, "discard")]
    [InlineData(900, "unmap")]
    [InlineData(900, "protect")]
    [InlineData(900, "fork", "3")]
    [InlineData(900, "withhold", "20")]
    public async Task GoOn_AfterPages_LeavesTheRightContents(int count, params string[] scenario)
    {
        await using var killed = new Predecessor(Pages, "page", count, scenario);
        await killed.RunUntilStoppedAsync();

        LazyPagesDaemon next = killed.Succeed();

        await VerifyAsync(killed, next);
    }

    [Theory]
    [InlineData(30, "1")]
    [InlineData(300, "2")]
    [InlineData(700, "3")]
    [InlineData(1100, "4")]
    [InlineData(1500, "5")]
    [InlineData(1900, "6")]
    public async Task GoOn_WhileTheProcessDoesEverythingAtOnce_LeavesTheRightContents(int count, string seed)
    {
        await using var killed = new Predecessor(8192, "page", count, "churn-threads", "1500", seed);
        await killed.RunUntilStoppedAsync();

        LazyPagesDaemon next = killed.Succeed();

        await VerifyAsync(killed, next);
    }

    /// <summary>The fork was read and its descriptor is held, and that is all.</summary>
    [Theory]
    [InlineData("fork", "3")]
    [InlineData("withhold", "3")]
    public async Task GoOn_AfterAForkWasHeld_LeavesTheRightContents(string scenario, string children)
    {
        await using var killed = new Predecessor(Pages, "child-held", 2, scenario, children);
        await killed.RunUntilStoppedAsync();

        LazyPagesDaemon next = killed.Succeed();

        await VerifyAsync(killed, next);
    }

    /// <summary>The fork was read and nothing else was done: the descriptor ended with its reader, and the child with it reads zeros.</summary>
    [Fact]
    public async Task GoOn_AfterAForkWasReadOnly_SaysThatMemoryIsLost()
    {
        await using var killed = new Predecessor(Pages, "child-read", 1, "fork", "3");
        await killed.RunUntilStoppedAsync();

        Action succeed = () => killed.Succeed();

        succeed.Should().Throw<CriuException>().WithMessage("*killed in the moment of a fork*Kill them*");
    }

    private static async Task VerifyAsync(Predecessor killed, LazyPagesDaemon next)
    {
        await killed.Process.ExpectAsync("ran");
        killed.Process.Order("verify");
        (await killed.Process.EndAsync()).Should().Be("ok\nexit 0");
        await next.Completion.WaitAsync(LazyRig.Patience);
    }
}
