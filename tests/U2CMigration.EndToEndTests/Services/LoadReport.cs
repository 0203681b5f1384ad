using System.Text.Json;

namespace U2CMigration.EndToEndTests.Services;

/// <summary>What a service's client saw, from its first answer to the end.</summary>
/// <param name="Answers">Those that it checked.</param>
/// <param name="Wrong">Those that were not the right ones.</param>
/// <param name="Lost">Connections that ended, or never had their answer.</param>
/// <param name="LongestStallMs">The longest that one connection waited for one answer.</param>
internal sealed record LoadReport(long Answers, long Wrong, long Lost, double LongestStallMs)
{
    public static LoadReport Parse(string line) => JsonSerializer.Deserialize<LoadReport>(line, JsonSerializerOptions.Web)!;
}
