using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Destination;

/// <summary>Has a runtime of this host restore containers: it prepares all that it would for a checkpoint of its own, and waits in the stub for the images.</summary>
internal sealed class RuntimeHost(ContainerRuntime runtime, ContainerHostOptions options) : ITreeHost
{
    public string Kind => runtime.Kind;

    public async Task<IReadOnlyList<string>> FindProblemsAsync(TreeDescription tree, CancellationToken cancellationToken)
    {
        if (runtime.Problems() is { Count: > 0 } missing)
        {
            return missing;
        }

        if (!ContainerName.IsValid(tree.Name))
        {
            return ["What the source calls the name of the container is none: letters, digits, '_', '.', '+' and '-', and no '-' or '.' at first."];
        }

        var problems = new List<string>();
        if ((await ContainerState.ReadAsync(runtime, options.StateRoot, tree.Name, cancellationToken).ConfigureAwait(false)).State is { } taken)
        {
            problems.Add($"{runtime} has a container {tree.Name} on this host already ({taken.Status}). Remove it, or give one of the two another name.");
        }

        string directory = BundleOf(tree);
        try
        {
            problems.AddRange(ProblemsOf(tree, Bundle.Read(directory)));
        }
        catch (IOException e)
        {
            problems.Add($"The bundle of the container {tree.Name} is not in {directory} on this host ({e.Message}). Put its config.json and its root file system there.");
        }

        return problems;
    }

    /// <summary>A container of this name that runs by then, or waits to be started, is somebody else's; runc would delete the latter without being forced.</summary>
    public IReadOnlyList<string> RemovalCommand(TreeDescription tree, RestorerSurroundings surroundings) =>
    [
        "/bin/sh", "-c", $"id=$1 stub=$2; shift 2; {RuntimeArguments.DeleteEnded}; rm -rf \"$stub\"; set -- \"$id\"; {EmptyGroups.Script}",
        "sh", tree.Name, RestoreFiles.StubElsewhere(surroundings), runtime.Program, .. RuntimeArguments.Global(options.StateRoot),
    ];

    public async Task<ITreeRestorer> BeginAsync(TreeDescription tree, RestorerSurroundings surroundings, CancellationToken cancellationToken)
    {
        var leftovers = new RuntimeLeftovers(runtime, options.StateRoot, tree.Name);
        if ((await ContainerState.ReadAsync(runtime, options.StateRoot, tree.Name, cancellationToken).ConfigureAwait(false)).State is null)
        {
            // Of a receiver that was killed; with them the runtime would fail.
            await leftovers.RemoveAsync([tree.Name], isOurs: false).ConfigureAwait(false);
        }

        var files = RestoreFiles.Create(surroundings, tree);
        try
        {
            IReadOnlyList<string> restore = RuntimeArguments.Restore(options.StateRoot, tree.Name, BundleOf(tree), files.Images, files.Log);
            RestoreCall call = await RestoreCall.StartAsync(runtime, tree.Name, restore, files, surroundings, cancellationToken).ConfigureAwait(false);
            return new ContainerRestorer(tree.Name, leftovers, call.Process, call.Ended, call.Stub, files, call.Restore);
        }
        catch
        {
            await leftovers.RemoveAsync([tree.Name], isOurs: false).ConfigureAwait(false);
            files.Dispose();
            throw;
        }
    }

    private static IEnumerable<string> ProblemsOf(TreeDescription tree, Bundle bundle)
    {
        if (bundle.Fingerprint() != tree.Property(DescriptionKeys.Configuration))
        {
            yield return $"The config.json in {bundle.Directory} is another one than on the source. Copy that of the source; only root.path and the sources of its mounts may differ.";
        }

        if (!Directory.Exists(bundle.RootFileSystem))
        {
            yield return $"The root file system of the container {tree.Name} is not in {bundle.RootFileSystem} on this host. Copy it there.";
        }

        foreach ((string destination, string source, _) in bundle.Binds)
        {
            if (!Path.Exists(source))
            {
                yield return $"{source}, which the container {tree.Name} has at {destination}, is not on this host. Make it, or name another one in the config.json here.";
            }
        }
    }

    private string BundleOf(TreeDescription tree) => options.Bundle(tree.Name, tree.Property(DescriptionKeys.Bundle));
}
