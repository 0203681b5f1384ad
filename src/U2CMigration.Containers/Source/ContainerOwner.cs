using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.CarriedFiles;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Source;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu;

namespace U2CMigration.Containers.Source;

/// <summary>A container on the source: its runtime describes it, and forgets it in the end.</summary>
/// <remarks>
/// The runtime describes it by asking CRIU for a checkpoint that leaves it running: the stub answers that it is done, and nothing is touched. What it has asked for is what the dump is made with later.
/// The runtime has no part in that dump, so nothing of it can fail in the freeze; when the tree has ended, it takes the container for one that has stopped, and deletes it.
/// </remarks>
internal sealed class ContainerOwner(ContainerRuntime runtime, string id, ContainerOptions options) : ITreeOwner
{
    private const string Descriptors = "descriptors.json";

    /// <summary>The runtime takes a container for running until its first process was collected.</summary>
    private static readonly TimeSpan RemoveLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private ContainerState? _state;
    private Bundle? _bundle;
    private DepartingTrees? _trees;
    private ContainerCable? _cable;

    public override string ToString() => $"container {id} of {runtime}";

    public async Task<OwnedTree> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryDescribeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CriuException or System.Text.Json.JsonException)
        {
            return Refused($"The {this} cannot be described: {e.Message}");
        }
    }

    public Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken) => Task.Run<IReadOnlyList<string>>(
        () => _state is { } state && _bundle is { } bundle ? [.. ContainerChecks.OfRunning(state, bundle, options, _trees is { HaveRoot: true }), .. _cable?.FindProblems() ?? []] : [], cancellationToken);

    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        string error = string.Empty;
        try
        {
            long start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < RemoveLimit)
            {
                if (!Directory.Exists($"/proc/{_state?.ProcessId}"))
                {
                    (int exitCode, _, error) = await RuntimeCommand.RunAsync(runtime, RuntimeArguments.Delete(options.StateRoot, id, force: false), cancellationToken).ConfigureAwait(false);
                    if (exitCode == 0 || (await ContainerState.ReadAsync(runtime, options.StateRoot, id, cancellationToken).ConfigureAwait(false)).State is null)
                    {
                        // Also where the one who started it was faster.
                        return null;
                    }
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Text.Json.JsonException)
        {
            error = e.Message;
        }

        return $"The {this} runs on the destination, and has ended here, but {runtime} still lists it here ({error}). Remove it: {runtime} delete {id}.";
    }

    private static OwnedTree Refused(params IReadOnlyList<string> problems) => new() { RootProcessId = 0, Problems = problems };

    private async Task<OwnedTree> TryDescribeAsync(CancellationToken cancellationToken)
    {
        if (runtime.Problems() is { Count: > 0 } missing)
        {
            return Refused(missing);
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return Refused($"Containers are moved as root: CRIU cannot dump those of other users (rootless). Run this program as root.");
        }

        (ContainerState? state, string error) = await ContainerState.ReadAsync(runtime, options.StateRoot, id, cancellationToken).ConfigureAwait(false);
        if (state is null)
        {
            return Refused($"{runtime} has no container {id} on this host ({error}). '{runtime} list' names those that it has.");
        }

        if (ContainerChecks.OfState(state) is { } problem)
        {
            return Refused(problem);
        }

        var bundle = Bundle.Read(state.Bundle);
        var trees = DepartingTrees.Find(state, bundle, options);
        (_state, _bundle, _trees) = (state, bundle, trees);
        IReadOnlyList<string> problems = ContainerChecks.Of(state, bundle, trees, options);
        if (problems.Count > 0)
        {
            return Refused([.. problems]);
        }

        OwnedTree tree = await AskRuntimeAsync(state, bundle, trees, cancellationToken).ConfigureAwait(false);
        return tree.Description is { } description && OwnNetwork.IsOf(state, bundle) ? OwnNetwork.AddTo(tree, description, state, options, cable => _cable = cable) : tree;
    }

    private async Task<OwnedTree> AskRuntimeAsync(ContainerState state, Bundle bundle, DepartingTrees trees, CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("u2c-container-").FullName;
        try
        {
            string images = Directory.CreateDirectory(Path.Combine(directory, "images")).FullName;
            string log = Path.Combine(directory, "log");
            (RuntimeRequest? request, string problem) = await DescriptionCall.RunAsync(runtime, id, RuntimeArguments.Describe(options.StateRoot, id, images, log), directory, log, cancellationToken).ConfigureAwait(false);
            if (request is null)
            {
                return Refused(problem);
            }

            string descriptors = Path.Combine(images, Descriptors);
            return new OwnedTree
            {
                RootProcessId = state.ProcessId,
                Dump = request,
                RemovalCommand = [RuntimeCommand.Find(runtime.Program)!, .. RuntimeArguments.Delete(options.StateRoot, id, force: false)],
                Description = new TreeDescription(runtime.Kind, id)
                {
                    Properties = new Dictionary<string, string>(trees.Trees.Select(static (tree, index) => KeyValuePair.Create(CarriedTree.Key(index), tree.ToProperty())))
                    {
                        [DescriptionKeys.Bundle] = options.DestinationBundle.Length > 0 ? options.DestinationBundle : state.Bundle,
                        [DescriptionKeys.Configuration] = bundle.Fingerprint(),
                        [DescriptionKeys.Descriptors] = File.Exists(descriptors) ? await File.ReadAllTextAsync(descriptors, cancellationToken).ConfigureAwait(false) : string.Empty,
                    },
                },
                Files = trees.Roots.Count > 0 ? new ContainerFiles(trees.Roots) : null,
                Warnings = bundle.HasHooks ? [$"The container {id} has hooks in its config.json: {runtime} decides which of them are called when it arrives."] : [],
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
