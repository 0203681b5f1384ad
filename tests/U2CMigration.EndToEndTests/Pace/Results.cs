using System.Text.Json;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>What a sending agent said.</summary>
internal static class Results
{
    public static JsonElement Of(CommandResult sent)
    {
        sent.ExitCode.Should().Be(0, sent.Output + sent.Error);
        return EventsOf(sent, "result").Single();
    }

    public static IEnumerable<JsonElement> EventsOf(CommandResult sent, string name) => sent.Output
        .Split('\n')
        .Where(static line => line.StartsWith('{'))
        .Select(static line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("event").GetString() == name);
}
