using U2CMigration.Core.Processes;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Words;

/// <summary>Names the process of a workload on this host that a failure is about.</summary>
internal static class WorkloadProcesses
{
    /// <summary>"process 161, spool"; null where it is not known which.</summary>
    public static string? NameOf(FailedProcess failed, int rootProcessId, ProcessNumbers numbers)
    {
        int processId = failed.OnHost > 0 ? failed.OnHost
            : Holder(failed, rootProcessId) is > 0 and var holder ? holder
            : failed.InImages > 0 ? numbers.OnThisHost(failed.InImages)
            : 0;
        return processId == 0 ? null
            : ProcessTree.TryReadStatus(processId) is { } status ? $"process {processId}, {status.Name}"
            : $"process {processId}";
    }

    /// <summary>The process that has the descriptor; 0 where none has or more than one could be meant.</summary>
    private static int Holder(FailedProcess failed, int rootProcessId)
    {
        if (string.IsNullOrEmpty(failed.Link))
        {
            return 0;
        }

        List<int> holders = [.. ProcessTree.List(rootProcessId).Where(processId => Holds(processId, failed))];
        return holders.Count == 1 ? holders[0] : 0;
    }

    private static bool Holds(int processId, FailedProcess failed)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Any(path =>
                (failed.Descriptor is not { } number || Path.GetFileName(path) == $"{number}") && new FileInfo(path).LinkTarget == failed.Link);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
