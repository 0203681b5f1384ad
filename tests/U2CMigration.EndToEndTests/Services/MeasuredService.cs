using System.Globalization;
using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>What a test measured, appended as a line of JSON to the file that <c>U2C_SERVICE_RESULTS</c> names, if it does: eng/services/table.sh makes the table of docs/services.md of them.</summary>
internal sealed class MeasuredService(string name, string variant)
{
    private readonly List<double> _downtimes = [];
    private long _pages;
    private long _frozenOnly;

    public void Add(JsonElement result)
    {
        _downtimes.Add(result.GetProperty("downtimeMs").GetDouble());
        _pages += result.GetProperty("pagesVerified").GetInt64();
        _frozenOnly = Math.Max(_frozenOnly, result.GetProperty("frozenOnlyBytes").EnumerateObject().Sum(static kind => kind.Value.GetInt64()));
    }

    public void Write(LoadReport seen)
    {
        double[] sorted = [.. _downtimes.Order()];
        Append(new
        {
            service = name,
            variant,
            outcome = "moved",
            moves = sorted.Length,
            downtimeMs = Rounded(sorted[sorted.Length / 2]),
            worstDowntimeMs = Rounded(sorted[^1]),
            longestStallMs = Rounded(seen.LongestStallMs),
            answers = seen.Answers,
            wrong = seen.Wrong,
            lost = seen.Lost,
            pagesVerified = _pages,
            frozenOnlyMib = _frozenOnly >> 20,
        });
    }

    public void WriteRefusal(CommandResult refused)
    {
        string? error = refused.Output.Split('\n').LastOrDefault(static line => line.Contains("\"event\":\"error\"", StringComparison.Ordinal));
        string message = error is null ? string.Empty : JsonDocument.Parse(error).RootElement.GetProperty("message").GetString()!;
        Append(new { service = name, variant, outcome = refused.Output.Contains("\"phase\":\"Freezing\"", StringComparison.Ordinal) ? "failed" : "refused", message });
    }

    private static double Rounded(double milliseconds) => double.Parse(milliseconds.ToString("F0", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static void Append<T>(T line)
    {
        if (Environment.GetEnvironmentVariable("U2C_SERVICE_RESULTS") is { Length: > 0 } file)
        {
            File.AppendAllText(file, JsonSerializer.Serialize(line) + "\n");
        }
    }
}
