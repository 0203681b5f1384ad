using System.Globalization;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Preflight;

/// <summary>Looks for everything that would make a migration fail on the source, before anything is touched.</summary>
internal static class SourcePreflight
{
    private const double DominatingShare = 0.25;

    /// <summary>Checks the host and the tree.</summary>
    /// <returns>The processes of the tree and its memory.</returns>
    /// <exception cref="MigrationPreflightException">Something stands in the way.</exception>
    public static (IReadOnlyList<int> Tree, TreeMemory Memory) Check(SourceContext context)
    {
        int root = context.Target.RootProcessId;
        if (!ProcessTree.TryReadStat(root, out ProcessStat stat) || stat.HasEnded)
        {
            throw new MigrationPreflightException([$"There is no process {root} on this host."], WorkloadState.Gone);
        }

        var problems = new List<string>();
        if (!Environment.IsPrivilegedProcess)
        {
            problems.Add("Migrating needs root (CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_CHECKPOINT_RESTORE, CAP_NET_ADMIN); run it as root.");
        }

        IReadOnlyList<int> tree = ProcessTree.List(root);
        if (tree.Contains(Environment.ProcessId))
        {
            problems.Add($"This process ({Environment.ProcessId}) belongs to the tree of {root}; a tree can not migrate itself.");
        }

        CheckTracers(tree, problems);
        CheckWorkDirectory(context.Options.WorkDirectory, problems);
        if (problems.Count > 0)
        {
            throw new MigrationPreflightException(problems);
        }

        TreeMemory memory = TreeMemory.Of(tree);
        if (memory.FrozenOnlyBytes > memory.ResidentBytes * DominatingShare)
        {
            context.Warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{memory.FrozenOnlyBytes >> 20} of {memory.ResidentBytes >> 20} MiB are shared memory or huge pages, which travel while the workload is frozen: expect a longer downtime."));
        }

        return (tree, memory);
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
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The work directory '{directory}' can not be created: {e.Message} Name another one.");
        }
    }
}
