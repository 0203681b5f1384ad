using System.Text.Json.Nodes;

namespace U2CMigration.Containers.Runtimes;

/// <summary>Reads texts of podman, in which anything may be missing.</summary>
internal static class JsonWalk
{
    /// <summary>A value in objects within objects; null where there is none.</summary>
    public static JsonNode? Of(this JsonNode? node, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    /// <summary>The entries of a list; none where there is no list.</summary>
    public static IEnumerable<JsonNode?> List(this JsonNode? node) => node as JsonArray ?? [];

    public static string Text(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;

    public static bool Flag(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static int Number(this JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : 0;
}
