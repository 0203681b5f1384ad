using U2CMigration.Containers.Destination;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Podman;

/// <summary>Has podman on this host restore containers: it makes the container, its storage and its conmon as for a checkpoint that is imported, and waits in the stub for the images.</summary>
internal sealed class PodmanHost(ContainerHostOptions options) : ITreeHost
{
    private static readonly ContainerRuntime Runtime = ContainerRuntime.Podman;

    public string Kind => Runtime.Kind;

    public async Task<IReadOnlyList<string>> FindProblemsAsync(TreeDescription tree, CancellationToken cancellationToken)
    {
        if (Runtime.Problems() is { Count: > 0 } missing)
        {
            return missing;
        }

        try
        {
            var configuration = PodmanConfiguration.Of(PodmanParcel.Of(tree));
            return [.. LowRuntime.Problems(configuration.LowRuntime), .. await ProblemsOfAsync(configuration, cancellationToken).ConfigureAwait(false)];
        }
        catch (IOException e)
        {
            return [e.Message];
        }
    }

    /// <summary>By the id, which no other container has.</summary>
    public IReadOnlyList<string> RemovalCommand(TreeDescription tree, RestorerSurroundings surroundings)
    {
        var configuration = PodmanConfiguration.Of(PodmanParcel.Of(tree));
        return
        [
            "/bin/sh", "-c", $"id=$1 low=$2 stub=$3; shift 3; \"$@\" || \"$@\"; \"$low\" delete --force \"$id\"; rm -rf \"$stub\"; set -- \"libpod_parent/libpod-$id\"; {EmptyGroups.Script}",
            "sh", configuration.Id, ContainerRuntime.Find(configuration.LowRuntime)?.Program ?? "true", RestoreFiles.StubElsewhere(surroundings),
            Runtime.Program, .. PodmanArguments.Remove(options.StateRoot, configuration.Id, force: true, volumes: true),
        ];
    }

    public async Task<ITreeRestorer> BeginAsync(TreeDescription tree, RestorerSurroundings surroundings, CancellationToken cancellationToken)
    {
        var parcel = PodmanParcel.Of(tree);
        var configuration = PodmanConfiguration.Of(parcel);
        string name = configuration.Name;
        var leftovers = new PodmanLeftovers(options.StateRoot, configuration.Id, name, configuration.LowRuntime);
        if (await leftovers.FindTakenAsync(cancellationToken).ConfigureAwait(false) is { } taken)
        {
            throw new IOException(taken);
        }

        var files = RestoreFiles.Create(surroundings, tree);
        try
        {
            string archive = files.Path("archive.tar");
            parcel.Write(archive);
            var call = await RestoreCall.StartAsync(Runtime, name, PodmanArguments.Restore(options.StateRoot, archive), files, surroundings, cancellationToken).ConfigureAwait(false);
            return new PodmanRestorer(new ContainerRestorer(configuration.Id, leftovers, call.Process, call.Ended, call.Stub, files, call.Restore, call.Restore.Request, network: null));
        }
        catch
        {
            await leftovers.RemoveAsync([], isOurs: false).ConfigureAwait(false);
            files.Dispose();
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> ProblemsOfAsync(PodmanConfiguration configuration, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        if (await new PodmanLeftovers(options.StateRoot, configuration.Id, configuration.Name, configuration.LowRuntime).FindTakenAsync(cancellationToken).ConfigureAwait(false) is { } taken)
        {
            problems.Add(taken);
        }

        if (await ProblemOfImageAsync(configuration, cancellationToken).ConfigureAwait(false) is { } problem)
        {
            problems.Add(problem);
        }

        foreach (string volume in configuration.Volumes)
        {
            if ((await RuntimeCommand.RunAsync(Runtime, PodmanArguments.HasVolume(options.StateRoot, volume), cancellationToken).ConfigureAwait(false)).ExitCode != 0)
            {
                problems.Add($"The volume {volume} of the container {configuration.Name} is not on this host. Make it (podman volume create {volume}) with what is in it on the source.");
            }
        }

        problems.AddRange(configuration.Binds.Where(static bind => !Path.Exists(bind.Source)).Select(bind => $"{bind.Source}, which the container {configuration.Name} has at {bind.Destination}, is not on this host. Make it."));
        return problems;
    }

    private async Task<string?> ProblemOfImageAsync(PodmanConfiguration configuration, CancellationToken cancellationToken)
    {
        async Task<string> IdOfAsync(string image)
        {
            (int exitCode, string output, _) = await RuntimeCommand.RunAsync(Runtime, PodmanArguments.Image(options.StateRoot, image), cancellationToken).ConfigureAwait(false);
            return exitCode == 0 ? output.Trim() : string.Empty;
        }

        string copy = $"Copy it from the source: podman save {configuration.ImageName} | ssh HOST podman load; built or imported here it would be another one.";
        string named = await IdOfAsync(configuration.ImageName).ConfigureAwait(false);
        return named == configuration.ImageId ? null
            : named.Length > 0 ? $"The image {configuration.ImageName} on this host is another one ({Short(named)}) than that of the container {configuration.Name} ({Short(configuration.ImageId)}). {copy}"
            : (await IdOfAsync(configuration.ImageId).ConfigureAwait(false)).Length > 0 ? $"The image {Short(configuration.ImageId)} of the container {configuration.Name} is on this host, but not by the name {configuration.ImageName}. Give it the name: podman tag {Short(configuration.ImageId)} {configuration.ImageName}."
            : $"The image {configuration.ImageName} ({Short(configuration.ImageId)}) of the container {configuration.Name} is not on this host. {copy}";
    }

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;
}
