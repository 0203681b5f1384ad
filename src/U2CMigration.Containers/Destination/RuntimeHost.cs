using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.CarriedFiles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Destination;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;
using U2CMigration.Criu.Rpc;
using U2CMigration.Files;

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
        Bundle? bundle = null;
        try
        {
            bundle = Bundle.Read(directory);
        }
        catch (IOException e)
        {
            problems.Add($"The bundle of the container {tree.Name} is not in {directory} on this host ({e.Message}). Put its config.json and its root file system there.");
        }

        try
        {
            problems.AddRange(bundle is null ? [] : [.. ProblemsOf(tree, bundle), .. NetworkProblems(tree, bundle)]);
        }
        catch (IOException e)
        {
            problems.Add(e.Message);
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

        IReadOnlyList<CarriedTree> trees = CarriedTree.Of(tree);
        ArrivingTrees? arriving = trees.Count > 0 ? new ArrivingTrees(Bundle.Read(BundleOf(tree)), trees) : null;
        var files = RestoreFiles.Create(surroundings, tree);
        ArrivingNetwork? network = null;
        RestoreCall? call = null;
        try
        {
            network = ArrivingNetwork.Prepare(tree, Bundle.Read(BundleOf(tree)), options);
            IReadOnlyList<string> restore = RuntimeArguments.Restore(options.StateRoot, tree.Name, BundleOf(tree), files.Images, files.Log);
            call = await RestoreCall.StartAsync(runtime, tree.Name, restore, files, surroundings, cancellationToken).ConfigureAwait(false);
            RuntimeRequest request = network is null ? call.Restore.Request : await network.GiveAsync(call.Restore, cancellationToken).ConfigureAwait(false);
            return new ContainerRestorer(tree.Name, leftovers, call.Process, call.Ended, call.Stub, files, call.Restore, request, network) { Files = arriving };
        }
        catch
        {
            if (call is not null)
            {
                await call.EndAsync().ConfigureAwait(false);
            }

            await leftovers.RemoveAsync(call?.Restore.Request.ControlGroups ?? [tree.Name], isOurs: call is not null).ConfigureAwait(false);
            network?.Dispose();
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

        foreach (string problem in CarriedTree.Of(tree).SelectMany(carried => ProblemsOf(tree, bundle, carried)))
        {
            yield return problem;
        }
    }

    /// <summary>The places of trees that arrive have to be there, and to be the container's to write to: a source says no more than which of them.</summary>
    private static IEnumerable<string> ProblemsOf(TreeDescription tree, Bundle bundle, CarriedTree carried)
    {
        string name = carried.Name == CarriedTree.Root ? "the root file system" : carried.Name;
        if (carried.Name == CarriedTree.Root ? !bundle.IsRootWritable && carried.Kind == FileTreeKind.Directory : !bundle.Binds.Any(bind => bind.Destination.TrimEnd('/') == carried.Name && Directory.Exists(bind.Source)))
        {
            yield return $"The files of {name} of the container {tree.Name} would travel, and the config.json in {bundle.Directory} has no directory of this host for them.";
            yield break;
        }

        string path = ArrivingTrees.PathOf(bundle, carried);
        if (carried.Kind == FileTreeKind.OverlayUpper && WritableLayer.ProblemOf(path, tree.Name) is { } problem)
        {
            yield return problem;
        }

        if (carried.Kind == FileTreeKind.Directory && FileIdentity.Of(path) == carried.Identity)
        {
            yield return $"{path}, which the container {tree.Name} has at {carried.Name}, is the same directory on both hosts, so that its files need not travel. Leave it out ({nameof(ContainerOptions)}.{nameof(ContainerOptions.Volumes)}) and say that its files are there.";
        }
    }

    private IReadOnlyList<string> NetworkProblems(TreeDescription tree, Bundle bundle) =>
        !tree.HasOwnNetwork ? []
        : NetworkText.Parse(tree) is { } state ? NetworkPlace.Of(tree, bundle, options).FindProblems(tree, state, bundle)
        : [$"The source does not say what the network of the container {tree.Name} is. Update it."];

    private string BundleOf(TreeDescription tree) => options.Bundle(tree.Name, tree.Property(DescriptionKeys.Bundle));
}
