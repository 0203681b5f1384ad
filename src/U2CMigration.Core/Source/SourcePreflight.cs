using System.Globalization;
using U2CMigration.Core.Errors;
using U2CMigration.Core.FileLocks;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Configuration;
using U2CMigration.Criu.Versions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Source;

/// <summary>Looks for everything that would make a migration fail on the source, before anything is touched.</summary>
internal static class SourcePreflight
{
    /// <summary>Checks the host, CRIU and the tree.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="kernel">What the kernel can do.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>The processes of the tree, its memory and the version of CRIU.</returns>
    /// <exception cref="MigrationPreflightException">Something stands in the way; all that does is named.</exception>
    public static async Task<(IReadOnlyList<int> Tree, TreeMemory Memory, CriuVersion Criu)> CheckAsync(
        SourceContext context, KernelFeatures kernel, CancellationToken cancellationToken)
    {
        SourceLook look = await LookAsync(context, kernel, cancellationToken).ConfigureAwait(false);
        List<string> problems = [.. look.Problems, .. FindingSentences.Of(look.Findings, FindingSeverity.Refused)];
        if (problems.Count > 0)
        {
            throw new MigrationPreflightException(problems, look.Workload, look.Findings);
        }

        context.Warnings.AddRange(FindingSentences.Of(look.Findings, FindingSeverity.Information));
        context.Warnings.AddRange(FindingSentences.Of(look.Findings, FindingSeverity.GivenUp).Select(static sentence => $"Given up, as the options allow: {sentence}"));
        return (look.Tree, look.Memory, look.Criu);
    }

    /// <summary>Checks the host, CRIU and the tree, and judges nothing.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="kernel">What the kernel can do.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public static async Task<SourceLook> LookAsync(SourceContext context, KernelFeatures kernel, CancellationToken cancellationToken)
    {
        int root = context.Target.RootProcessId;
        if (context.Tree.Problems.Count > 0)
        {
            return new SourceLook { Problems = context.Tree.Problems };
        }

        context.Warnings.AddRange(context.Tree.Warnings);
        if (context.Tree.Network is not null && context.Options.Network is not null)
        {
            return new SourceLook { Problems = [$"The {context.Tree.Description} has a network of its own and brings its addresses along, so no address of this host can move with it. Leave out {nameof(MigrationSessionOptions)}.{nameof(MigrationSessionOptions.Network)} (agent: --address)."] };
        }

        if (!ProcessTree.TryReadStat(root, out ProcessStat stat) || stat.HasEnded)
        {
            return new SourceLook { Problems = [$"There is no process {root} on this host."], Workload = WorkloadState.Gone };
        }

        if (HasNoMemory(root))
        {
            return new SourceLook { Problems = [$"Process {root} ({ProcessTree.TryReadStatus(root)?.Name}) is a kernel thread, which belongs to this host and cannot be moved. Name the first process of a workload."] };
        }

        var problems = new List<string>();
        if (context.Options.FilesInStep is not null && context.Tree.Files is not null)
        {
            problems.Add($"The files of the {context.Tree.Description} would travel twice: by {nameof(MigrationSessionOptions)}.{nameof(MigrationSessionOptions.FilesInStep)} and with the container. Say that its files are there (ContainerOptions.FilesAreThere), or leave the other out.");
        }

        problems.AddRange(OpenMigrations.Of(root, stat.StartTimeTicks, context.Options.WorkDirectory));
        if (Environment.IsPrivilegedProcess)
        {
            // What the kernel lacks for others than root is no news to them.
            CheckKernel(context.Options.Tracker, kernel, problems);
        }
        else
        {
            problems.Add("Migrating needs root (CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_RESOURCE, CAP_CHECKPOINT_RESTORE, CAP_NET_ADMIN); run it as root.");
        }

        IReadOnlyList<int> tree = ProcessTree.List(root);
        if (tree.Contains(Environment.ProcessId))
        {
            problems.Add($"This process ({Environment.ProcessId}) belongs to the tree of {root}; a tree can not migrate itself.");
        }

        CheckTracers(tree, problems);
        UserNamespaces.Check(tree, problems);
        problems.AddRange(LockWaiters.FindOnSharedFileSystems(tree));
        CheckWorkDirectory(context.Options.WorkDirectory, problems);
        CheckSettings(context, tree, problems);
        CriuVersion criu = await CheckCriuAsync(context, problems, cancellationToken).ConfigureAwait(false);
        if (Environment.IsPrivilegedProcess)
        {
            await context.Inventory.TakeAsync(() => ProcessTree.List(root), cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<InventoryFinding> findings = context.Inventory.All;
        if (problems.Count > 0)
        {
            return new SourceLook { Problems = problems, Findings = findings, Tree = tree };
        }

        TreeMemory memory = TreeMemory.Of(tree);
        if (UserNamespaces.IsOwn(root))
        {
            context.Warnings.Add(
                "The workload is in a user namespace of its own: unless the destination has vm.unprivileged_userfaultfd=1, it reads all memory before it resumes, and the downtime grows with memory.");
        }

        if (PageTrackers.Resolve(context.Options.Tracker, kernel) == TrackerKind.ContentHash)
        {
            context.Warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Written pages are found by reading and hashing {memory.ResidentBytes >> 20} MiB each time, also while the workload is frozen: expect a downtime that grows with memory."));
        }

        return new SourceLook { Problems = problems, Findings = findings, Tree = tree, Memory = memory, Criu = criu };
    }

    private static bool HasNoMemory(int processId)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm")).StartsWith("0 ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended, and that is said later.
            return false;
        }
    }

    internal static void CheckKernel(TrackerKind tracker, KernelFeatures kernel, List<string> problems)
    {
        // The best that there is always exists: at worst all memory is hashed.
        (string how, IReadOnlyList<MissingFeature> missing) = tracker switch
        {
            TrackerKind.WriteProtect => ("write-protection", kernel.MissingForWriteProtect),
            TrackerKind.SoftDirty => ("soft-dirty bits", kernel.MissingForSoftDirty),
            _ => ("", []),
        };
        if (missing.Count > 0)
        {
            problems.Add($"Written pages can not be tracked by {how} here. {string.Join(' ', missing)}");
        }
    }

    private static async Task<CriuVersion> CheckCriuAsync(SourceContext context, List<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            CriuCapabilities criu = await CriuPreflight.AskAsync(context.Options.Criu, cancellationToken).ConfigureAwait(false);
            if (!criu.Features.LazyPages)
            {
                problems.Add($"CRIU {criu.Version} can not dump lazily on this kernel (userfaultfd with event features, kernel 4.11, is needed). Use a newer kernel or CRIU.");
            }

            return criu.Version;
        }
        catch (CriuException e)
        {
            problems.Add(CriuWords.Explain(e, static _ => null));
            return default;
        }
    }

    private static void CheckSettings(SourceContext context, IReadOnlyList<int> tree, List<string> problems)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        CriuSettings settings = context.Options.Criu;
        ForeignUserCheck.Check(tree, problems);
        DeletedFileCheck.Check(DeletedFiles.Find(tree), settings, CriuConfiguration.Read(), context.Options.WorkDirectory, problems, context.Warnings);
        if (context.Tree.Dump is null)
        {
            // Otherwise its owner says.
            MountNamespaceCheck.Check(context.Target.RootProcessId, settings, context.Warnings);
        }
    }

    private static void CheckTracers(IReadOnlyList<int> tree, List<string> problems)
    {
        foreach (int processId in tree)
        {
            if (ProcessTree.TryReadStatus(processId) is { TracerProcessId: > 0 } status)
            {
                problems.Add($"Process {processId} ({status.Name}) is traced by process {status.TracerProcessId}, a debugger or strace for example; end that first.");
            }
        }
    }

    private static void CheckWorkDirectory(string directory, List<string> problems)
    {
        try
        {
            PrivateDirectory.Create(directory);
            ClaimedDirectory.RemoveAbandoned(directory);
        }
        catch (OpenDirectoryException e)
        {
            problems.Add(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The work directory '{directory}' can not be created: {e.Message} Name another one.");
        }
    }
}
