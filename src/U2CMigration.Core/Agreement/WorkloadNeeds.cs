using U2CMigration.Core.Inventory;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Agreement;

/// <summary>Gathers what the restore of a workload will ask of the destination.</summary>
internal static class WorkloadNeeds
{
    /// <summary>Gathers it. What belongs to namespaces that move along is no need.</summary>
    public static Needs Of(IReadOnlyList<int> tree, MigrationSessionOptions settings, bool isCheck)
    {
        var options = InventoryOptions.Of(settings);
        bool hasOwnNumbers = tree.Count == 0 || ProcessTree.TryReadStatus(tree[0])?.NamespaceProcessIds.Count > 1;
        return new Needs
        {
            IsCheck = isCheck,
            Threads = hasOwnNumbers ? [] : [.. tree.SelectMany(ProcessTree.Threads).Except(tree).Distinct().Take(ProtocolLimits.MaxProcesses)],
            Groups = hasOwnNumbers ? [] : GroupNumbers.Of(tree, settings.Criu.ShellJob),
            Endpoints = tree.Count == 0 || options.RunsElsewhere ? [] : NeededEndpoints.Of(tree, options),
            ProcessorFeatures = ProcessorFeatures.OfAny(),
            MayLackProcessorFeatures = settings.AllowMissingProcessorFeatures,

            // Those that travel in step are not there yet.
            Files = tree.Count == 0 || settings.FilesInStep is not null || options.RunsElsewhere || settings.Criu.Mounts.Root.Length > 0 ? [] : NeededFiles.Of(tree),
        };
    }
}
