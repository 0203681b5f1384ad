using U2CMigration.Containers.Runtimes;
using U2CMigration.Containers.Source;
using U2CMigration.Core.Owners;
using U2CMigration.Criu;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Containers.Podman;

/// <summary>A container of podman on the source: podman describes it, as the runtime below does a container of its own, and forgets it in the end.</summary>
/// <remarks>
/// conmon, which looks after the container, would note its end and have podman start it again where its restart policy says so. It is ended before the container is (<see cref="OwnedTree.Keepers"/>):
/// on the destination the container has a conmon of its own.
/// </remarks>
internal sealed class PodmanOwner(string nameOrId, ContainerOptions options) : ITreeOwner
{
    private static readonly ContainerRuntime Runtime = ContainerRuntime.Podman;

    /// <summary>podman believes that a container runs until it looks for its processes.</summary>
    private static readonly TimeSpan RemoveLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private PodmanContainer? _container;
    private long _carriedLog;
    private long _leftLog;

    public override string ToString() => $"container {_container?.Name ?? nameOrId} of podman";

    public async Task<OwnedTree> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryDescribeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or CriuException)
        {
            return Refused($"The {this} cannot be described: {e.Message}");
        }
    }

    public Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<string>>(
        () => _container is { } container ? [.. PodmanChecks.OfRunning(container, options), .. OfLog(container)] : [], cancellationToken);

    public async Task<IReadOnlyDictionary<string, string>> TakeStateAsync(CancellationToken cancellationToken)
    {
        if (_container is not { } container || !KeepsLog(container))
        {
            return new Dictionary<string, string>();
        }

        await PodmanLog.DrainAsync(container.ProcessId).ConfigureAwait(false);
        (IReadOnlyDictionary<string, string> state, _leftLog) = PodmanLog.Take(container.LogPath, _carriedLog, options.AllowShorterLog);
        return state;
    }

    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        string said = string.Empty;
        try
        {
            long start = TimeProvider.System.GetTimestamp();
            while (_container is { } container && TimeProvider.System.GetElapsedTime(start) < RemoveLimit)
            {
                if (!Directory.Exists($"/proc/{container.ProcessId}"))
                {
                    // The first time podman finds that conmon is gone, notes that the container has ended, and says that it has failed.
                    (int exitCode, _, said) = await RuntimeCommand.RunAsync(Runtime, PodmanArguments.Remove(options.StateRoot, container.Id, force: true, volumes: false), cancellationToken).ConfigureAwait(false);
                    if (exitCode == 0 || (await PodmanContainer.ReadAsync(options.StateRoot, container.Id, cancellationToken).ConfigureAwait(false)).Container is null)
                    {
                        return _leftLog == 0 ? null : $"The oldest {_leftLog >> 10} KiB of the log of the {this} did not come along, as was allowed.";
                    }
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            said = e.Message;
        }

        return $"The {this} runs on the destination, and has ended here, but podman still lists it here ({said}). Remove it before podman starts it again: podman rm --force {_container?.Name ?? nameOrId}.";
    }

    private static OwnedTree Refused(params IReadOnlyList<string> problems) => new() { RootProcessId = 0, Problems = problems };

    private static bool KeepsLog(PodmanContainer container) => container.LogDriver is "k8s-file" or "json-file" && container.LogPath.Length > 0;

    private IEnumerable<string> OfLog(PodmanContainer container) =>
        KeepsLog(container) && !options.AllowShorterLog && PodmanLog.Rest(container.LogPath, _carriedLog) is > PodmanLog.MostBytes and var rest
            ? [$"The container {container.Name} has written much: {PodmanLog.TooMuch(rest)}."]
            : [];

    private async Task<OwnedTree> TryDescribeAsync(CancellationToken cancellationToken)
    {
        if (Runtime.Problems() is { Count: > 0 } missing)
        {
            return Refused(missing);
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return Refused("Containers are moved as root: CRIU cannot dump those of other users (rootless). Run this program as root.");
        }

        (PodmanContainer? container, string error) = await PodmanContainer.ReadAsync(options.StateRoot, nameOrId, cancellationToken).ConfigureAwait(false);
        if (container is null)
        {
            return Refused($"podman has no container {nameOrId} on this host ({error}). 'podman ps' as root names those that it has; containers of other users (rootless) cannot be moved.");
        }

        if (PodmanChecks.OfState(container) is { } problem)
        {
            return Refused(problem);
        }

        IReadOnlyList<PodmanContainer> all = await PodmanContainer.ListAsync(options.StateRoot, cancellationToken).ConfigureAwait(false);
        _container = container;
        string[] problems = [.. LowRuntime.Problems(container.LowRuntime), .. PodmanChecks.OfConfiguration(container, all, options), .. PodmanChecks.OfRunning(container, options)];
        return problems.Length > 0 ? Refused(problems) : await AskPodmanAsync(container, cancellationToken).ConfigureAwait(false);
    }

    private async Task<OwnedTree> AskPodmanAsync(PodmanContainer container, CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("u2c-container-").FullName;
        try
        {
            string archive = Path.Combine(directory, "archive.tar");
            (RuntimeRequest? request, string problem) = await DescriptionCall.RunAsync(
                Runtime, container.Name, PodmanArguments.Describe(options.StateRoot, container.Id, archive), directory, Path.Combine(directory, "errors"), cancellationToken).ConfigureAwait(false);
            if (request is null)
            {
                return Refused(problem);
            }

            var parcel = PodmanParcel.Of(archive);
            Dictionary<string, string> properties = parcel.ToProperties();
            _carriedLog = parcel.LogBytes;
            return OfLog(container).ToArray() is { Length: > 0 } tooMuch ? Refused(tooMuch) : new OwnedTree
            {
                RootProcessId = container.ProcessId,
                Dump = request,
                Keepers = container.MonitorProcessId > 0 ? [container.MonitorProcessId] : [],
                RemovalCommand = RemovalCommand(container),
                Description = new TreeDescription(Runtime.Kind, container.Name) { Properties = properties },
                Warnings = KeepsLog(container) || container.LogDriver == "none" ? [] : [$"The log of the container {container.Name} is kept by {container.LogDriver} on this host: what it has written so far stays here."],
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Twice, as the first time podman only finds that conmon is gone.</summary>
    private string[] RemovalCommand(PodmanContainer container) =>
        ["/bin/sh", "-c", "\"$@\" || \"$@\"", "sh", RuntimeCommand.Find(Runtime.Program)!, .. PodmanArguments.Remove(options.StateRoot, container.Id, force: true, volumes: false)];
}
