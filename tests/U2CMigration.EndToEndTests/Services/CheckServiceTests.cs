using System.Text.Json;
using U2CMigration.EndToEndTests.Pace;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>No false alarm: of a service that can be moved, a check under load says nothing that stands in the way and warns of nothing. Too long for every run: <c>eng/test.sh --filter services</c>.</summary>
public sealed class CheckServiceTests(ServicesRig fixture) : ServiceTest(fixture)
{
    /// <summary>Between two of them processes, connections and files of the service come and go.</summary>
    private const int Checks = 5;

    [Theory]
    [InlineData("postgresql", "kept")]
    [InlineData("postgresql", "connection-each")]
    [InlineData("mariadb", "moved")]
    [InlineData("nginx", "")]
    [InlineData("apache", "")]
    [InlineData("node", "filtered")]
    [InlineData("jvm", "g1")]
    [InlineData("jvm", "zgc")]
    [InlineData("aspnet", "server")]
    [InlineData("aspnet", "default")]
    [InlineData("gunicorn", "")]
    [InlineData("redis", "filtered")]
    [InlineData("build", "")]
    public async Task Check_UnderLoad_FindsNothingInTheWay(string name, string variant)
    {
        Rig rig = await UpAsync();
        await using RunningService service = await RunningService.StartAsync(rig, name, variant, null, Cancellation);
        await service.LoadAsync(Cancellation);
        for (int i = 0; i < Checks; i++)
        {
            CommandResult asked = await service.AskAsync(Cancellation);

            asked.ExitCode.Should().Be(0, asked.Output + asked.Error);
            JsonElement check = Results.EventsOf(asked, "check").Single();
            check.GetProperty("problems").GetArrayLength().Should().Be(0, asked.Output);
            check.GetProperty("findings").EnumerateArray().Where(static finding => finding.GetProperty("severity").GetString() != "information").Should().BeEmpty(asked.Output);
            check.GetProperty("warnings").GetArrayLength().Should().Be(0, asked.Output);
        }

        LoadReport seen = await service.CheckAsync(Cancellation);
        (seen.Wrong, seen.Lost).Should().Be((0, 0), "a check disturbs nobody");
    }
}
