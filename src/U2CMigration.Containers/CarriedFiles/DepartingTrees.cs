using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Files;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>Which directory trees of a container travel: what it has changed in its root, where that is an overlay of its own, and the volumes that the caller names.</summary>
internal sealed class DepartingTrees
{
    private readonly List<(CarriedTree Tree, FileTreeRoot Root)> _trees = [];
    private readonly List<string> _problems = [];

    private DepartingTrees()
    {
    }

    /// <summary>What the destination is told.</summary>
    public IReadOnlyList<CarriedTree> Trees => [.. _trees.Select(static one => one.Tree)];

    /// <summary>Where they are.</summary>
    public IReadOnlyList<FileTreeRoot> Roots => [.. _trees.Select(static one => one.Root)];

    /// <summary>Why one of them cannot travel, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Whether the root file system travels, or what was changed in it.</summary>
    public bool HaveRoot => _trees.Exists(static one => one.Tree.Name == CarriedTree.Root);

    /// <summary>Finds them.</summary>
    /// <param name="state">The container.</param>
    /// <param name="bundle">What it was made from.</param>
    /// <param name="options">What the caller wants.</param>
    /// <exception cref="IOException">It has ended.</exception>
    public static DepartingTrees Find(ContainerState state, Bundle bundle, ContainerOptions options)
    {
        var trees = new DepartingTrees();
        string[] mounts = File.ReadAllLines($"/proc/{state.ProcessId}/mountinfo");
        string[] volumes = [.. options.Volumes.Select(static volume => volume.TrimEnd('/') is { Length: > 0 } name ? name : CarriedTree.Root).Distinct()];
        trees.AddRoot(state, bundle, mounts, isNamed: volumes.Contains(CarriedTree.Root), isThere: options.FilesAreThere);
        foreach (string volume in volumes.Where(static volume => volume != CarriedTree.Root))
        {
            trees.AddVolume(state, bundle, mounts, volume);
        }

        if (trees._trees.Count > CarriedTree.Most)
        {
            trees._problems.Add($"{trees._trees.Count} volumes of the container {state.Id} are to travel; at most {CarriedTree.Most} can. Put some of them on storage that both hosts see.");
        }

        return trees;
    }

    private void AddRoot(ContainerState state, Bundle bundle, string[] mounts, bool isNamed, bool isThere)
    {
        string inside = $"/proc/{state.ProcessId}/root";
        if (ChangedFiles.UpperDirectory(mounts) is { } upper)
        {
            if (isNamed || !isThere)
            {
                _trees.Add((
                    new CarriedTree(CarriedTree.Root, FileTreeKind.OverlayUpper, FileIdentity.Of(upper)),
                    new FileTreeRoot
                    {
                        Name = CarriedTree.Root, Path = upper, Kind = FileTreeKind.OverlayUpper, MergedPath = inside, UsesUserAttributes = MountTable.At(mounts, CarriedTree.Root)?.HasOption("userxattr") == true,
                    }));
            }
        }
        else if (isNamed)
        {
            // As this host has it: what the runtime has mounted in it is not to be seen there.
            string identity = FileIdentity.Of(bundle.RootFileSystem);
            if (identity.Length == 0 || identity != FileIdentity.Of(inside + "/"))
            {
                _problems.Add($"The root of the container {state.Id} is not {bundle.RootFileSystem}, which its config.json names, so that it cannot travel. Start the container from the bundle in {state.Bundle}.");
            }

            _trees.Add((new CarriedTree(CarriedTree.Root, FileTreeKind.Directory, identity), new FileTreeRoot { Name = CarriedTree.Root, Path = bundle.RootFileSystem }));
        }
    }

    private void AddVolume(ContainerState state, Bundle bundle, string[] mounts, string volume)
    {
        string[] binds = [.. bundle.Binds.Select(static bind => bind.Destination.TrimEnd('/'))];
        if (!binds.Contains(volume) || MountTable.At(mounts, volume) is not { } mount)
        {
            string known = binds.Length == 0 ? "It has none." : $"It has {string.Join(", ", binds)}.";
            _problems.Add($"{volume} is no directory of this host that the container {state.Id} was given. Name one of them as the container sees it, or / for its whole root file system. {known}");
            return;
        }

        string inside = $"/proc/{state.ProcessId}/root";
        if (!Directory.Exists(inside + volume))
        {
            _problems.Add($"{volume} of the container {state.Id} is a file; only directories travel. Mount it read-only, or the directory that it is in.");
        }

        if (mount.IsOnNetwork)
        {
            _problems.Add($"{volume} of the container {state.Id} is on {mount.FileSystem}, which the destination can see as well: what travels would replace the files that it comes from. Leave it out, and say that it is there with {nameof(ContainerOptions)}.{nameof(ContainerOptions.FilesAreThere)} (agent: --files-are-there).");
        }

        _trees.Add((new CarriedTree(volume, FileTreeKind.Directory, FileIdentity.Of(inside + volume)), new FileTreeRoot { Name = volume, Path = volume, InsideOf = inside }));
    }
}
