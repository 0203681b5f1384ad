using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using U2CMigration.EndToEndTests.Pace;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>A database that writes more than a slow link carries within the downtime allowed is left alone, and one whose link is fast is moved. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
public sealed class DowntimeLimitTests(ServicesRig fixture) : ServiceTest(fixture)
{
    private const int SlowLimitMs = 500;

    /// <summary>What no machine takes for eight clients, however busy it is.</summary>
    private const int AmpleLimitMs = 30_000;

    [Theory]
    [InlineData(30)]
    [InlineData(120)]
    public async Task Move_LimitOutOfReachOverASlowLink_IsGivenUpBeforeTheFreezeWithTheForecast(int mbit)
    {
        (CommandResult sent, LoadReport seen) = await TryAsync(mbit, SlowLimitMs);

        sent.ExitCode.Should().Be(1, sent.Output);
        string message = Results.EventsOf(sent, "error").Single().GetProperty("message").GetString()!;
        Match forecast = Regex.Match(message, "would be down for (?:about )?([0-9]+) ms");
        forecast.Success.Should().BeTrue(message);
        int.Parse(forecast.Groups[1].Value, CultureInfo.InvariantCulture).Should().BeGreaterThan(SlowLimitMs);
        message.Should().Contain($"the limit is {SlowLimitMs} ms").And.Contain("runs on the source as before");
        sent.Output.Should().NotContain("\"phase\":\"Freezing\"", "it is given up before the workload is stopped");
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
