using System.Text.Json;
using System.Text.Json.Nodes;
using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Podman;

/// <summary>How podman on the source has configured a container: what its parcel says, which alone counts on the destination.</summary>
internal sealed class PodmanConfiguration
{
    private readonly JsonNode _shown;

    private PodmanConfiguration(JsonNode shown) => _shown = shown;

    public string Id => _shown.Of("id").Text();

    public string Name => _shown.Of("name").Text();

    public string ImageId => _shown.Of("rootfsImageID").Text();

    public string ImageName => _shown.Of("rootfsImageName").Text();

    /// <summary>The runtime below podman.</summary>
    public string LowRuntime => Path.GetFileName(_shown.Of("runtime").Text());

    public IEnumerable<string> Volumes => _shown.Of("namedVolumes").List().Select(static volume => volume.Of("volumeName").Text());

    /// <summary>Directories and files of the host that it has.</summary>
    public IEnumerable<(string Destination, string Source)> Binds =>
        from mount in _shown.Of("spec", "mounts").List()
        where mount.Of("type").Text() == "bind"
        select (mount.Of("destination").Text(), mount.Of("source").Text());

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">It makes no sense.</exception>
    public static PodmanConfiguration Of(PodmanParcel parcel)
    {
        try
        {
            var configuration = new PodmanConfiguration(JsonNode.Parse(parcel[PodmanParcel.Configuration]) as JsonObject ?? throw new IOException("What the source says of the container is no configuration of podman."));
            return configuration.Id.Length == 64 && configuration.Id.All(char.IsAsciiHexDigitLower) && ContainerName.IsValid(configuration.Name)
                ? configuration
                : throw new IOException("What the source says of the container has no valid id, or no valid name.");
        }
        catch (JsonException e)
        {
            throw new IOException($"What the source says of the container is no configuration of podman: {e.Message}", e);
        }
    }
}
