using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace U2CMigration.Containers.Bundles;

/// <summary>The directory from which a runtime makes a container: its configuration (<c>config.json</c> of the OCI runtime specification), and its root file system.</summary>
internal sealed class Bundle
{
    private const string Configuration = "config.json";

    private readonly JsonObject _configuration;

    private Bundle(string directory, JsonObject configuration) => (Directory, _configuration) = (directory, configuration);

    public string Directory { get; }

    /// <summary>The root file system on this host.</summary>
    public string RootFileSystem => Path.GetFullPath(Text(Of(_configuration, "root", "path")), Directory);

    /// <summary>Whether the container may write to it.</summary>
    public bool IsRootWritable => !Flag(Of(_configuration, "root", "readonly"));

    /// <summary>Whether it has a terminal, whose other end is with a program of its host.</summary>
    public bool HasTerminal => Flag(Of(_configuration, "process", "terminal"));

    /// <summary>Whether programs are to be called when it comes and goes.</summary>
    public bool HasHooks => Of(_configuration, "hooks") is JsonObject { Count: > 0 };

    /// <summary>Its mounts of directories and files of the host.</summary>
    public IEnumerable<(string Destination, string Source, bool IsWritable)> Binds =>
        from mount in Of(_configuration, "mounts") as JsonArray ?? []
        let options = (Of(mount, "options") as JsonArray ?? []).Select(Text).ToList()
        where Text(Of(mount, "type")) == "bind" || options.Contains("bind") || options.Contains("rbind")
        select (Text(Of(mount, "destination")), Path.GetFullPath(Text(Of(mount, "source")), Directory), !options.Contains("ro"));

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It is not there or makes no sense.</exception>
    public static Bundle Read(string directory)
    {
        string file = Path.Combine(directory, Configuration);
        try
        {
            return new Bundle(directory, JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? throw new IOException($"{file} is no configuration of a container."));
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The namespace of a kind: null where it is that of the host, empty where it is its own, and a path where it is another one.</summary>
    public string? Namespace(string kind) =>
        (Of(_configuration, "linux", "namespaces") as JsonArray ?? []).Where(one => Text(Of(one, "type")) == kind).Select(static one => Text(Of(one, "path"))).FirstOrDefault();

    /// <summary>A number for the configuration, the same on both hosts where they would make the same container: without the places on a host, and the name of its network namespace.</summary>
    public string Fingerprint()
    {
        JsonNode copy = _configuration.DeepClone();
        if (Of(copy, "root") is JsonObject root)
        {
            root.Remove("path");
        }

        foreach (JsonObject mount in (Of(copy, "mounts") as JsonArray ?? []).OfType<JsonObject>())
        {
            mount.Remove("source");
        }

        foreach (JsonObject kind in (Of(copy, "linux", "namespaces") as JsonArray ?? []).OfType<JsonObject>().Where(static kind => Text(Of(kind, "type")) == "network"))
        {
            kind.Remove("path");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(copy.ToJsonString())));
    }

    /// <summary>A value in objects within objects; null where there is none.</summary>
    private static JsonNode? Of(JsonNode? node, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;

    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
