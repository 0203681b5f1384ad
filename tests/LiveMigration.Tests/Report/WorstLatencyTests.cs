using MigrationReport;

namespace LiveMigration.Tests.Report;

public sealed class WorstLatencyTests
{
    [Fact]
    public void Of_WindowsWithoutReplies_HaveTheLatencyOfTheReplyThatEndsTheSilence() =>
        WorstLatency.Of([Window(0, 10, 0.4), Window(10, 0, 0), Window(20, 0, 0), Window(30, 5, 27), Window(40, 10, 0.5)]).Should().Equal(0.4, 27, 27, 27, 0.5);

    [Fact]
    public void Of_SilenceToTheEnd_GrowsFromTheLastReply() =>
        WorstLatency.Of([Window(0, 10, 0.4), Window(10, 0, 0), Window(20, 0, 0)]).Should().Equal(0.4, 10, 20);

    [Fact]
    public void Of_NoWindows_IsEmpty() => WorstLatency.Of([]).Should().BeEmpty();

    private static ClientWindow Window(double start, double operations, double worst) =>
        new() { StartMs = start, LengthMs = 10, Operations = operations, MeanLatencyMs = worst, MaxLatencyMs = worst };
}
