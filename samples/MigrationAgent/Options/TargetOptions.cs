using System.CommandLine;
using System.CommandLine.Parsing;
using U2CMigration.Containers;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Sessions;

namespace MigrationAgent.Options;

/// <summary>What is moved: a process tree or a container.</summary>
public sealed class TargetOptions
{
    private readonly Option<int> _processId = NumberOption.Create("--pid", "The root of the process tree.", 0, 1, int.MaxValue);

    private readonly Option<MigrationTarget?> _container;

    private readonly Option<bool> _filesAreThere = new("--files-are-there") { Description = "What a container has changed in its root file system, and the directories of this host that it may write to, are on the destination when it stops: shared storage, or a replication of your own." };

    private readonly Option<string[]> _volumes = new("--volume") { HelpName = "PATH", Description = "A directory of this host that the container has at PATH, and that travels with it; / for its whole root file system. What it has changed in an overlay travels anyhow. It replaces what is there on the destination. Can be repeated.", DefaultValueFactory = static _ => [] };

    private readonly Option<bool> _shorterLog = new("--allow-shorter-log") { Description = "Older lines of the log that podman keeps may be left where there are more than can be carried." };

    private readonly Option<string> _stateRoot = new("--container-state") { HelpName = "DIRECTORY", Description = "Where the runtime keeps its books (--root of runc, crun and podman).", DefaultValueFactory = static _ => string.Empty };

    private readonly Option<string> _bundle = new("--destination-bundle") { HelpName = "DIRECTORY", Description = "The bundle of a container of runc or crun on the destination (default: the same path as here).", DefaultValueFactory = static _ => string.Empty };

    private readonly Option<string> _bridge = new("--destination-bridge") { HelpName = "NAME", Description = "The bridge on the destination into which a container with a network namespace of its own is plugged (default: one of the same name as here).", DefaultValueFactory = static _ => string.Empty };

    private readonly Option<string> _network = new("--destination-network-namespace") { HelpName = "PATH", Description = "A network namespace that was prepared for the container on the destination (default: one is made like that here).", DefaultValueFactory = static _ => string.Empty };

    public TargetOptions() => _container = new Option<MigrationTarget?>("--container")
    {
        HelpName = "RUNTIME:NAME",
        Description = $"A container, instead of a process tree, for example crun:web. Runtimes: {string.Join(", ", ContainerRuntime.All)}.",
        CustomParser = result => Parse(result),
    };

    public Option[] AddTo(Command command)
    {
        command.Validators.Add(result =>
        {
            if ((result.GetResult(_processId) is null or { Implicit: true }) == (result.GetResult(_container) is null or { Implicit: true }))
            {
                result.AddError("Name what is moved: either --pid, the root of a process tree, or --container RUNTIME:NAME.");
            }
        });
        return [_processId, _container, _volumes, _filesAreThere, _shorterLog, _stateRoot, _bundle, _bridge, _network];
    }

    /// <exception cref="ArgumentException">It is no target.</exception>
    public MigrationTarget Target(ParseResult parsed) => parsed.GetValue(_container) ?? MigrationTarget.Process(parsed.GetValue(_processId));

    private MigrationTarget? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || ContainerRuntime.Find(text[..colon]) is not { } runtime)
        {
            result.AddError($"--container is '{text}'; write RUNTIME:NAME with one of the runtimes {string.Join(", ", ContainerRuntime.All)}, for example crun:web.");
            return null;
        }

        try
        {
            var options = new ContainerOptions
            {
                Volumes = result.GetValue(_volumes) ?? [],
                FilesAreThere = result.GetValue(_filesAreThere),
                AllowShorterLog = result.GetValue(_shorterLog),
                StateRoot = result.GetValue(_stateRoot) ?? string.Empty,
                DestinationBundle = result.GetValue(_bundle) ?? string.Empty,
                DestinationBridge = result.GetValue(_bridge) ?? string.Empty,
                DestinationNetworkNamespace = result.GetValue(_network) ?? string.Empty,
            };
            return ContainerTarget.Container(runtime, text[(colon + 1)..], options);
        }
        catch (ArgumentException e)
        {
            result.AddError($"--container: {e.Message}");
            return null;
        }
    }
}
