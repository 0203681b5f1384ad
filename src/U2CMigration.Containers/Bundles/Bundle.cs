using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace U2CMigration.Containers.Bundles;

/// <summary>The directory from which a runtime makes a container: its configuration (<c>config.json</c> of the OCI runtime specification), and its root file system.</summary>
internal sealed class Bundle
{
    private const string Configuration = "config.json";

    private readonly JsonNode _configuration;

    private Bundle(string directory, JsonNode configuration) => (Directory, _configuration) = (directory, configuration);

    public string Directory { get; }

    /// <summary>The root file system on this host.</summary>
    public string RootFileSystem => Path.GetFullPath(Text(_configuration["root"]?["path"]), Directory);

    /// <summary>Whether the container may write to it.</summary>
    public bool IsRootWritable => !Flag(_configuration["root"]?["readonly"]);

    /// <summary>Whether it has a terminal, whose other end is with a program of its host.</summary>
    public bool HasTerminal => Flag(_configuration["process"]?["terminal"]);

    /// <summary>Whether programs are to be called when it comes and goes.</summary>
    public bool HasHooks => _configuration["hooks"] is JsonObject { Count: > 0 };

    /// <summary>Its mounts of directories and files of the host.</summary>
    public IEnumerable<(string Destination, string Source, bool IsWritable)> Binds =>
        from mount in _configuration["mounts"] as JsonArray ?? []
        let options = (mount?["options"] as JsonArray ?? []).Select(Text).ToList()
        where Text(mount?["type"]) == "bind" || options.Contains("bind") || options.Contains("rbind")
        select (Text(mount?["destination"]), Path.GetFullPath(Text(mount?["source"]), Directory), !options.Contains("ro"));

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It is not there or makes no sense.</exception>
    public static Bundle Read(string directory)
    {
        string file = Path.Combine(directory, Configuration);
        try
        {
            return new Bundle(directory, JsonNode.Parse(File.ReadAllText(file)) ?? throw new IOException($"{file} is empty."));
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The namespace of a kind: null where it is that of the host, empty where it is its own, and a path where it is another one.</summary>
    public string? Namespace(string kind) =>
        (_configuration["linux"]?["namespaces"] as JsonArray ?? []).Where(one => Text(one?["type"]) == kind).Select(static one => Text(one?["path"])).FirstOrDefault();

    /// <summary>A number for the configuration, the same on both hosts where they would make the same container: without the places on a host.</summary>
    public string Fingerprint()
    {
        JsonNode copy = _configuration.DeepClone();
        if (copy["root"] is JsonObject root)
        {
            root.Remove("path");
        }

        foreach (JsonObject mount in (copy["mounts"] as JsonArray ?? []).OfType<JsonObject>())
        {
            mount.Remove("source");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(copy.ToJsonString())));
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;

    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
