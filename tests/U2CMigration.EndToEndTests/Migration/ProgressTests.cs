using System.Text.Json;
using U2CMigration.EndToEndTests.Pace;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>What progress says is what happened.</summary>
[Collection<SharedRig>]
public sealed class ProgressTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_InSlices_ProgressCountsWhatWasSentAndWhatIsPending()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7932, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "100");
        CommandResult sent = await sender.WaitAsync(Cancellation);

        Dictionary<int, long> rounds = Results.Of(sent).GetProperty("rounds").EnumerateArray()
            .ToDictionary(static round => round.GetProperty("index").GetInt32(), static round => round.GetProperty("sentPages").GetInt64());
        JsonElement[] progress = [.. Results.EventsOf(sent, "progress").Where(static one => one.GetProperty("phase").GetString() == "PreCopy" && one.GetProperty("memoryPages").GetInt64() > 0)];
        int last = progress[^1].GetProperty("round").GetInt32();
        foreach (IGrouping<int, JsonElement> round in progress.GroupBy(static one => one.GetProperty("round").GetInt32()).Where(round => round.Key < last))
        {
            // Encoded pages are taken apart from those that were sent: never more than were planned, in the end what the report says.
            round.Last().GetProperty("roundPagesSent").GetInt64().Should().Be(rounds[round.Key], $"that is what round {round.Key} sent");
            round.Should().OnlyContain(one => one.GetProperty("roundPagesSent").GetInt64() <= one.GetProperty("roundPages").GetInt64());
        }

        last.Should().BeGreaterThan(2, "the link takes several slices");
        progress[0].GetProperty("expectedDowntimeMs").ValueKind.Should().Be(JsonValueKind.Null, "nothing has crossed the link yet");
        progress[0].GetProperty("pendingPages").GetInt64().Should().Be(progress[0].GetProperty("memoryPages").GetInt64());
        progress[^1].GetProperty("expectedDowntimeMs").GetDouble().Should().BePositive();
        progress[^1].GetProperty("pendingPages").GetInt64().Should().BeLessThan(progress[0].GetProperty("pendingPages").GetInt64() / 2);
    }
}
