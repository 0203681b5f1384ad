using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace U2CMigration.Containers.Runtimes;

/// <summary>A container as podman shows it (<c>podman container inspect</c>).</summary>
internal sealed class PodmanContainer(JsonNode shown)
{
    public string Id => shown.Of("Id").Text();

    public string Name => shown.Of("Name").Text();

    public string Status => shown.Of("State", "Status").Text();

    /// <summary>Its first process; 0 where it has ended.</summary>
    public int ProcessId => shown.Of("State", "Pid").Number();

    /// <summary>The process that looks after it.</summary>
    public int MonitorProcessId => shown.Of("State", "ConmonPid").Number();

    /// <summary>The runtime below podman.</summary>
    public string LowRuntime => Path.GetFileName(shown.Of("OCIRuntime").Text());

    /// <summary>The unit of systemd that runs it; empty for none.</summary>
    public string Unit => shown.Of("Config", "Labels", "PODMAN_SYSTEMD_UNIT").Text();

    public string Pod => shown.Of("Pod").Text();

    public bool HasTerminal => shown.Of("Config", "Tty").Flag();

    public bool HasInput => shown.Of("Config", "OpenStdin").Flag();

    public bool IsRemovedAtEnd => shown.Of("HostConfig", "AutoRemove").Flag();

    public bool HasImage => shown.Of("Image").Text().Length > 0 && shown.Of("Rootfs").Text().Length == 0;

    /// <summary>Whether podman makes control groups of its own for it.</summary>
    public bool HasControlGroups => shown.Of("HostConfig", "Cgroups").Text() is "" or "default" or "enabled";

    /// <summary>The containers whose namespaces it has, or that have to run before it.</summary>
    public IEnumerable<string> Dependencies => shown.Of("Dependencies").List().Select(JsonWalk.Text);

    public string LogDriver => shown.Of("HostConfig", "LogConfig", "Type").Text();

    public string LogPath => shown.Of("HostConfig", "LogConfig", "Path").Text();

    /// <summary>How it has a kind of namespace, as <c>NetworkMode</c>, <c>PidMode</c>, <c>IpcMode</c>, <c>UTSMode</c> or <c>UsernsMode</c> says.</summary>
    public string Mode(string kind) => shown.Of("HostConfig", kind).Text();

    /// <summary>Its volumes and its mounts of directories and files of the host.</summary>
    public IEnumerable<(string Source, string Destination, bool IsWritable)> Mounts =>
        from mount in shown.Of("Mounts").List()
        where mount.Of("Type").Text() is "volume" or "bind"
        select (mount.Of("Name").Text() is { Length: > 0 } name ? $"the volume {name}" : mount.Of("Source").Text(), mount.Of("Destination").Text(), mount.Of("RW").Flag());

    /// <summary>The same in the words that all runtimes have in common.</summary>
    public ContainerState State => new()
    {
        Runtime = ContainerRuntime.Podman,
        Id = Name,
        Status = Status,
        ProcessId = ProcessId,
        Bundle = Path.GetDirectoryName(shown.Of("OCIConfigPath").Text()) ?? string.Empty,
        Created = DateTimeOffset.TryParse(shown.Of("Created").Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created) ? created : default,
    };

    /// <summary>Asks for one.</summary>
    /// <param name="root">Where podman keeps its books; empty for its own default.</param>
    /// <param name="nameOrId">Its name, its id or the beginning of that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The container; null, and what podman says, where there is none.</returns>
    public static async Task<(PodmanContainer? Container, string Error)> ReadAsync(string root, string nameOrId, CancellationToken cancellationToken)
    {
        (int exitCode, string output, string error) = await RuntimeCommand.RunAsync(ContainerRuntime.Podman, PodmanArguments.Inspect(root, [nameOrId]), cancellationToken).ConfigureAwait(false);
        return exitCode == 0 && Parse(output) is [var container, ..] ? (container, error) : (null, error);
    }

    /// <summary>All of them, also those that have ended.</summary>
    /// <exception cref="IOException">podman cannot say.</exception>
    public static async Task<IReadOnlyList<PodmanContainer>> ListAsync(string root, CancellationToken cancellationToken)
    {
        (int exitCode, string output, string error) = await RuntimeCommand.RunAsync(ContainerRuntime.Podman, PodmanArguments.Ids(root), cancellationToken).ConfigureAwait(false);
        string[] ids = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (exitCode == 0 && ids.Length > 0)
        {
            // It ends with an error where one was removed in between, and shows the others.
            (_, output, error) = await RuntimeCommand.RunAsync(ContainerRuntime.Podman, PodmanArguments.Inspect(root, ids), cancellationToken).ConfigureAwait(false);
            return Parse(output);
        }

        return exitCode == 0 ? [] : throw new IOException($"podman cannot list its containers: {error}");
    }

    internal static IReadOnlyList<PodmanContainer> Parse(string text)
    {
        try
        {
            return [.. JsonNode.Parse(text).List().OfType<JsonObject>().Select(static one => new PodmanContainer(one))];
        }
        catch (JsonException e)
        {
            throw new IOException($"podman has shown its containers in a way that is not known here: {e.Message}", e);
        }
    }
}
