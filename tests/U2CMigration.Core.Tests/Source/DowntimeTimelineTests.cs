using CsCheck;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Source;

public sealed class DowntimeTimelineTests
{
    private static readonly Gen<TimeSpan[]> Moments = Gen.Int[0, 100_000].Array[7].Select(static gaps =>
    {
        TimeSpan at = TimeSpan.Zero;
        return gaps.Select(gap => at += TimeSpan.FromMicroseconds(gap)).ToArray();
    });

    [Fact]
    public void Break_WhateverTheMomentsAre_PartsAddUpToTheDowntime() => Gen.Select(Moments, Gen.Int[-200_000, 200_000]).Sample((moments, sinceResume) =>
    {
        DowntimeTimeline timeline = Of(moments);
        Resumed resumed = Said(TimeSpan.FromMicroseconds(sinceResume));

        DowntimeBreakdown parts = timeline.Break(resumed, new FreezeSteps());

        parts.Total.Should().Be(timeline.ResumeOf(resumed));
        TimeSpan[] each = [parts.Freeze, parts.DumpAndTail, parts.PageMaps, parts.ImageTransfer, parts.RestoreWait, parts.Confirmation, parts.Commit];
        each.Should().OnlyContain(static part => part >= TimeSpan.Zero);
    });

    [Fact]
    public void ResumeOf_DestinationThatAnnouncedFirst_IsBeforeItsWord() =>
        Of([.. Enumerable.Range(1, 7).Select(static ms => TimeSpan.FromMilliseconds(10 * ms))]).ResumeOf(Said(TimeSpan.FromMilliseconds(4))).Should().Be(TimeSpan.FromMilliseconds(66));

    [Fact]
    public void ResumeOf_DestinationThatDoesNotTell_IsItsWord() =>
        Of([.. Enumerable.Range(1, 7).Select(static ms => TimeSpan.FromMilliseconds(10 * ms))]).ResumeOf(new Resumed(default, [], 0)).Should().Be(TimeSpan.FromMilliseconds(70));

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    public void ResumeOf_DestinationThatTellsNonsense_IsItsWord(int milliseconds) =>
        Of([.. Enumerable.Range(1, 7).Select(static ms => TimeSpan.FromMilliseconds(10 * ms))]).ResumeOf(Said(TimeSpan.FromMilliseconds(milliseconds))).Should().Be(TimeSpan.FromMilliseconds(70));

    private static DowntimeTimeline Of(TimeSpan[] moments) => new()
    {
        Frozen = moments[0],
        Dumped = moments[1],
        PageMapsComplete = moments[2],
        ImagesSent = moments[3],
        Restored = moments[4],
        Committed = moments[5],
        HeardOfResume = moments[6],
    };

    private static Resumed Said(TimeSpan sinceResume) => new(default, [new PhaseDuration(PhaseNames.Resume, TimeSpan.FromMilliseconds(1)), new PhaseDuration(PhaseNames.Announce, sinceResume)], 0);
}
