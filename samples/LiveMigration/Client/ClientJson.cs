using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveMigration.Client;

/// <summary>The lines between the demo and its client.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClientRequest))]
[JsonSerializable(typeof(ClientAnswer))]
public sealed partial class ClientJson : JsonSerializerContext
{
    public static string Write(ClientRequest request) => JsonSerializer.Serialize(request, Default.ClientRequest);

    public static string Write(ClientAnswer answer) => JsonSerializer.Serialize(answer, Default.ClientAnswer);

    public static ClientRequest ReadRequest(string line) => JsonSerializer.Deserialize(line, Default.ClientRequest)!;

    public static ClientAnswer ReadAnswer(string line) => JsonSerializer.Deserialize(line, Default.ClientAnswer)!;
}
