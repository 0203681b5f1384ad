using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>Every scenario ends with the process checking each byte of its memory, after everything it did to it.</summary>
[Collection("userfaultfd")]
public sealed class LazyPagesServingTests
{
    private const int Pages = 2048;

    [Theory]
    [InlineData("none")]
    [InlineData("touch")]
    [InlineData("touch", "7")]
    [InlineData("threads")]
    [InlineData("fork")]
    [InlineData("fork", "3")]
    [InlineData("withhold", "3")]
    [InlineData("move")]
    [InlineData("discard")]
    [InlineData("unmap")]
    [InlineData("protect")]
    [InlineData("churn")]
    [InlineData("churn-threads")]
    public async Task BeginFill_AfterTheProcessChangedItsMemory_LeavesTheRightContents(string scenario, params string[] argument)
    {
        await using LazyRig rig = LazyRig.Start(Pages, scenario, argument);

        await rig.RunThenFillAsync();
    }

    [Theory]
    [InlineData("touch")]
    [InlineData("threads")]
    [InlineData("fork", "3")]
    [InlineData("withhold", "20")]
    [InlineData("move")]
    [InlineData("discard")]
    [InlineData("unmap")]
    [InlineData("protect")]
    public async Task BeginFill_WhileTheProcessChangesItsMemory_LeavesTheRightContents(string scenario, params string[] argument)
    {
        await using LazyRig rig = LazyRig.StartSlow(Pages, scenario, argument);

        await rig.RunWhileFillingAsync();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("4")]
    [InlineData("5")]
    [InlineData("6")]
    public async Task BeginFill_WhileTheProcessDoesEverythingAtOnce_LeavesTheRightContents(string seed)
    {
        await using LazyRig rig = LazyRig.StartSlow(8192, "churn-threads", "1500", seed);

        await rig.RunWhileFillingAsync();
    }

    /// <summary>A copy that waits for the end of a move finds no mapping where the page was, before the move is announced.</summary>
    [Fact]
    public async Task BeginFill_WhileTheProcessMovesItsMemoryToAndFro_LeavesTheRightContents()
    {
        await using LazyRig rig = LazyRig.StartSlow(8192, "shuttle", "2000");

        LazyPagesResult result = await rig.RunWhileFillingAsync();

        result.UnwantedPages.Should().Be(0);
    }

    [Theory]
    [InlineData("fork", "3")]
    [InlineData("move")]
    [InlineData("discard")]
    [InlineData("unmap")]
    [InlineData("churn-threads")]
    [InlineData("exit")]
    [InlineData("exec")]
    public async Task Release_AfterCompletion_CameOncePerPage(string scenario, params string[] argument)
    {
        await using LazyRig rig = LazyRig.Start(Pages, scenario, argument);
        await rig.ReadyAsync();
        rig.Process.Order("go");
        _ = await rig.Process.AnswerAsync();
        rig.Daemon.BeginFill();

        await rig.CompletionAsync();

        rig.Store.ReleaseCounts.ToArray().Should().OnlyContain(count => count == 1);
    }

    [Fact]
    public async Task Completion_AfterTouchesWithoutFilling_CountsThem()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "touch");

        LazyPagesResult result = await rig.RunThenFillAsync();

        (result.TouchesServed + result.ReadAheadPages).Should().Be(Pages);
    }

    [Fact]
    public async Task Completion_AfterAFork_HasFilledTheChildToo()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "fork", "2");

        LazyPagesResult result = await rig.RunThenFillAsync();

        result.Tasks.Should().Be(3);
    }

    [Fact]
    public async Task Completion_AfterADiscard_CountsThePagesThatWereNotWanted()
    {
        await using LazyRig rig = LazyRig.Start(Pages, "discard");

        LazyPagesResult result = await rig.RunThenFillAsync();

        result.UnwantedPages.Should().Be(Pages / 2);
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("exec")]
    public async Task Completion_WhenTheProcessEndsInTheMiddle_ComesWithoutIt(string scenario)
    {
        await using LazyRig rig = LazyRig.Start(Pages, scenario);
        await rig.ReadyAsync();
        rig.Process.Order("go");
        await rig.Process.EndAsync();

        rig.Daemon.BeginFill();

        (await rig.CompletionAsync()).ExitedTasks.Should().Be(1);
    }
}
