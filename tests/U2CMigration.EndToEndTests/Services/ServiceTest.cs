using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>What every service keeps when it is moved under load.</summary>
[Collection<ServiceCollection>]
public abstract class ServiceTest(ServicesRig fixture)
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected Task<Rig> UpAsync() => fixture.UpAsync(Cancellation);

    /// <summary>Moves a service there and back under load: no wrong answer, no connection lost, rows and sums right, every page compared.</summary>
    private protected async Task MoveThereAndBackAsync(string name, string variant, int rounds, int? mebibytes = null)
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningService service = await RunningService.StartAsync(rig, name, variant, mebibytes, Cancellation);
        await service.LoadAsync(Cancellation);
        var row = new MeasuredService(name, variant);
        for (int move = 0; move < 2 * rounds; move++)
        {
            JsonElement result = await service.MoveAsync(Cancellation);
            row.Add(result);

            result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
            result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
        }

        LoadReport seen = await service.CheckAsync(Cancellation);
        row.Write(seen);

        (seen.Wrong, seen.Lost).Should().Be((0, 0));
        seen.Answers.Should().BePositive();
    }

    /// <summary>A service whose settings cannot be moved is refused with the reason, and works on.</summary>
    private protected async Task RefuseAsync(string name, string variant, params string[] reasons)
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningService service = await RunningService.StartAsync(rig, name, variant, null, Cancellation);
        await service.LoadAsync(Cancellation);
        CommandResult refused = await service.TryMoveAsync(Cancellation);
        LoadReport seen = await service.CheckAsync(Cancellation);
        new MeasuredService(name, variant).WriteRefusal(refused);

        refused.ExitCode.Should().NotBe(0, refused.Output);
        refused.Output.Should().NotContain("\"phase\":\"Freezing\"", "it is found before the workload is stopped");
        foreach (string reason in reasons)
        {
            refused.Output.Should().Contain(reason);
        }

        (seen.Wrong, seen.Lost).Should().Be((0, 0));
    }
}
