using System.Text.Json;
using System.Text.Json.Serialization;

namespace MigrationEvents;

/// <summary>Reads and writes events as single lines of JSON, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentEvent))]
public sealed partial class AgentEventJson : JsonSerializerContext
{
    public static string Write(AgentEvent agentEvent) => JsonSerializer.Serialize(agentEvent, Default.AgentEvent);

    /// <summary>Reads one line; null when it is not an event (a stray line of a program in between).</summary>
    public static AgentEvent? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Default.AgentEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
