using System.Globalization;
using System.Text.Json;

namespace U2CMigration.Containers.Runtimes;

/// <summary>A container as its runtime lists it.</summary>
public sealed record ContainerState
{
    /// <summary>Its runtime.</summary>
    public required ContainerRuntime Runtime { get; init; }

    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>What its runtime calls its state, <c>running</c> for example.</summary>
    public required string Status { get; init; }

    /// <summary>Its first process; 0 where it has ended.</summary>
    public int ProcessId { get; init; }

    /// <summary>Its bundle.</summary>
    public string Bundle { get; init; } = string.Empty;

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Asks for one.</summary>
    /// <returns>The container; null, and what the runtime says, where there is none.</returns>
    internal static async Task<(ContainerState? State, string Error)> ReadAsync(ContainerRuntime runtime, string root, string id, CancellationToken cancellationToken)
    {
        (int exitCode, string output, string error) = await RuntimeCommand.RunAsync(runtime, RuntimeArguments.State(root, id), cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            return (null, error);
        }

        using JsonDocument document = JsonDocument.Parse(output);
        return (Of(runtime, document.RootElement), string.Empty);
    }

    /// <summary>Lists those of a runtime that is on this host.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="stateRoot">The directory in which it keeps its books; empty for its own default.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>All, also those that have ended; none where the runtime is not installed.</returns>
    public static async Task<IReadOnlyList<ContainerState>> ListAsync(ContainerRuntime runtime, string stateRoot = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        if (RuntimeCommand.Find(runtime.Program) is null)
        {
            return [];
        }

        if (runtime == ContainerRuntime.Podman)
        {
            return [.. (await PodmanContainer.ListAsync(stateRoot, cancellationToken).ConfigureAwait(false)).Select(static one => one.State)];
        }

        (int exitCode, string output, string error) = await RuntimeCommand.RunAsync(runtime, RuntimeArguments.List(stateRoot), cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new IOException($"{runtime} cannot list its containers: {error}");
        }

        using JsonDocument document = JsonDocument.Parse(output.Trim() is { Length: > 0 } text ? text : "[]");
        return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray().Select(one => Of(runtime, one))] : [];
    }

    private static ContainerState Of(ContainerRuntime runtime, JsonElement element) => new()
    {
        Runtime = runtime,
        Id = Text(element, "id"),
        Status = Text(element, "status"),
        ProcessId = element.TryGetProperty("pid", out JsonElement pid) && pid.TryGetInt32(out int number) ? number : 0,
        Bundle = Text(element, "bundle"),
        Created = DateTimeOffset.TryParse(Text(element, "created"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created) ? created : default,
    };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
