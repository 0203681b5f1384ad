using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using U2CMigration.EndToEndTests.Pace;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>A database under load whose downtime is expected to exceed the limit is left alone, whatever the link; one that is expected to keep it is moved. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
public sealed class DowntimeLimitTests(ServicesRig fixture) : ServiceTest(fixture)
{
    /// <summary>Less than its processes, mappings and connections take anywhere.</summary>
    private const int TooLittleMs = 200;

    /// <summary>Enough or not, by the link and by what it writes.</summary>
    private const int TightMs = 500;

    /// <summary>What no machine takes for eight clients, however busy it is.</summary>
    private const int AmpleLimitMs = 30_000;

    [Theory]
    [InlineData(30)]
    [InlineData(120)]
    public async Task Move_LimitOutOfReach_IsGivenUpBeforeTheFreezeWithTheForecast(int mbit)
    {
        (CommandResult sent, LoadReport seen) = await TryAsync(mbit, TooLittleMs);

        ShouldBeGivenUp(sent, TooLittleMs);
        (seen.Wrong, seen.Lost).Should().Be((0, 0));
    }

    /// <summary>Its shared memory travels before, so that even a slow link may do. It is not stopped while more than the limit is expected.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(120)]
    public async Task Move_TightLimit_IsFrozenOnlyIfTheForecastKeepsIt(int mbit)
    {
        (CommandResult sent, LoadReport seen) = await TryAsync(mbit, TightMs);

        if (sent.ExitCode == 0)
        {
            Results.Of(sent).GetProperty("pagesMismatched").GetInt64().Should().Be(0);
            JsonElement frozen = Results.EventsOf(sent, "progress").First(static progress => progress.GetProperty("phase").GetString() == "Freezing");
            frozen.GetProperty("expectedDowntimeMs").GetDouble().Should().BeLessThanOrEqualTo(TightMs);
        }
        else
        {
            ShouldBeGivenUp(sent, TightMs);
        }

        (seen.Wrong, seen.Lost).Should().Be((0, 0));
    }

    /// <summary>The pages of a database shrink to little, so that the link is idle most of the time: that is not taken for a slow link.</summary>
    [Fact]
    public async Task Move_AmpleLimitOverAFastLink_IsNotGivenUp()
    {
        (CommandResult sent, LoadReport seen) = await TryAsync(mbit: 0, AmpleLimitMs);

        JsonElement result = Results.Of(sent);
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        (seen.Wrong, seen.Lost).Should().Be((0, 0));
    }

    private static void ShouldBeGivenUp(CommandResult sent, int limitMs)
    {
        sent.ExitCode.Should().Be(1, sent.Output);
        string message = Results.EventsOf(sent, "error").Single().GetProperty("message").GetString()!;
        Match forecast = Regex.Match(message, "would be down for (?:about )?([0-9]+) ms");
        forecast.Success.Should().BeTrue(message);
        int.Parse(forecast.Groups[1].Value, CultureInfo.InvariantCulture).Should().BeGreaterThan(limitMs);
        message.Should().Contain($"the limit is {limitMs} ms").And.Contain("runs on the source as before");
        sent.Output.Should().NotContain("\"phase\":\"Freezing\"", "it is given up before the workload is stopped");
    }

    private async Task<(CommandResult Sent, LoadReport Seen)> TryAsync(int mbit, int limitMs)
    {
        Rig rig = await UpAsync();
        await using RunningService service = await RunningService.StartAsync(rig, "postgresql", "kept", 128, Cancellation);
        await service.LoadAsync(Cancellation);
        await rig.ShapeAsync(mbit, Cancellation);
        try
        {
            CommandResult sent = await service.TryMoveAsync(Cancellation, "--downtime-limit-ms", $"{limitMs}", "--when-not-converging", "GiveUp");
            await rig.ShapeAsync(0, Cancellation);
            return (sent, await service.CheckAsync(Cancellation));
        }
        finally
        {
            await rig.ShapeAsync(0, CancellationToken.None);
        }
    }
}
