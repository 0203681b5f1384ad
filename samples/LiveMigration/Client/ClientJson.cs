using System.Text.Json;
using System.Text.Json.Serialization;
using LiveMigration.Client.Service;

namespace LiveMigration.Client;

/// <summary>The lines between the demo and its client.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClientRequest))]
[JsonSerializable(typeof(ClientAnswer))]
[JsonSerializable(typeof(ServiceReport))]
public sealed partial class ClientJson : JsonSerializerContext
{
    public static string Write(ClientRequest request) => JsonSerializer.Serialize(request, Default.ClientRequest);

    public static string Write(ClientAnswer answer) => JsonSerializer.Serialize(answer, Default.ClientAnswer);

    public static ClientRequest ReadRequest(string line) => JsonSerializer.Deserialize(line, Default.ClientRequest)!;

    /// <exception cref="IOException">The line is no report.</exception>
    public static ServiceReport ReadServiceReport(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Default.ServiceReport)!;
        }
        catch (JsonException e)
        {
            throw new IOException($"The client of the service said '{line}' instead of what it saw.", e);
        }
    }

    public static ClientAnswer ReadAnswer(string line) => JsonSerializer.Deserialize(line, Default.ClientAnswer)!;
}
