using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>A run of the demo with a service.</summary>
internal static class ServiceDemo
{
    public static async Task MoveAsync(string workload, int migrations, CancellationToken cancellationToken)
    {
        Requires.Services();
        string directory = Directory.CreateTempSubdirectory("u2c-demo-").FullName;
        try
        {
            string json = Path.Combine(directory, "report.json");
            CommandResult demo = await LocalCommand.RunAsync(
                [
                    "bash", RepositoryRoot.File("eng", "demo.sh"), "--workload", workload, "--memory-mib", "64", "--repeat", $"{migrations}", "--verify", "--json", json,
                    "--timeline", Path.Combine(directory, "timeline.png"),
                ],
                cancellationToken);

            // Completed, nothing wrong or lost, connections kept, every page equal, rows and sums right.
            demo.ExitCode.Should().Be(0, demo.Output + demo.Error);
            using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(json, cancellationToken));
            JsonElement[] runs = report.RootElement.TryGetProperty("runs", out JsonElement several) ? [.. several.EnumerateArray()] : [report.RootElement];
            runs.Should().HaveCount(migrations);
            foreach (JsonElement run in runs)
            {
                run.GetProperty("workload").GetString().Should().Be(workload);
                run.GetProperty("outcome").GetString().Should().Be("completed");
                run.GetProperty("connectionSurvived").GetBoolean().Should().BeTrue();
                run.GetProperty("lostWrites").GetInt64().Should().Be(0);
                run.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
                run.GetProperty("pagesVerified").GetInt64().Should().BePositive();
                run.GetProperty("clientGapMs").GetDouble().Should().BePositive();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
