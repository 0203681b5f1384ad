using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Words;

/// <summary>Names the process of a workload on this host that a failure is about.</summary>
internal static class WorkloadProcesses
{
    /// <summary>A core image that has no entry yet: its magic numbers and nothing else.</summary>
    private const int EmptyImageBytes = 8;

    /// <summary>"process 161, spool"; null where it is not known which.</summary>
    public static string? NameOf(FailedProcess failed, SourceContext context)
    {
        int inImages = failed.InImages > 0 ? failed.InImages : Unfinished(context.ImagesDirectory);
        int processId = failed.OnHost > 0 ? failed.OnHost
            : Holder(failed, context.Target.RootProcessId) is > 0 and var holder ? holder
            : inImages > 0 ? context.Numbers.OnThisHost(inImages)
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

    /// <summary>The process that CRIU had begun with and not finished, by its images; 0 for none. Its log does not say, unless it is told to log so much that it costs downtime.</summary>
    private static int Unfinished(string imagesDirectory)
    {
        if (!Directory.Exists(imagesDirectory))
        {
            return 0;
        }

        FileInfo[] begun = [.. new DirectoryInfo(imagesDirectory).EnumerateFiles("core-*.img").Where(static file => file.Length <= EmptyImageBytes)];
        return begun.Length == 1 && int.TryParse(begun[0].Name.AsSpan("core-".Length, begun[0].Name.Length - "core-.img".Length), out int number) ? number : 0;
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
