using System.Globalization;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Preflight;

/// <summary>Whether the deleted files of a workload can move along.</summary>
internal static class DeletedFileCheck
{
    /// <summary>Above this the workload is noticeably longer frozen.</summary>
    private const long WorthAWarning = 64L << 20;

    /// <summary>Names each file that cannot, and the option that helps.</summary>
    public static void Check(
        IReadOnlyList<DeletedFile> files, CriuSettings settings, CriuConfiguration configuration, string workDirectory, List<string> problems, List<string> warnings)
    {
        long limit = DeletedFileLimit.InForce(settings, configuration);
        bool mayRemap = settings.LinkRemap || configuration.Has("link-remap") || CriuConfiguration.Parse(settings.RawOptions).Has("link-remap");
        foreach (DeletedFile file in files)
        {
            if (file.HasOtherNames && !mayRemap)
            {
                problems.Add($"Process {file.ProcessId} ({NameOf(file)}) has the file {file.Path} open, which was deleted under this name and has other names left. Set {nameof(CriuSettings)}.{nameof(CriuSettings.LinkRemap)} (agent: --link-remap) if both hosts see its directory, or let it close the file.");
            }
            else if (!file.HasOtherNames && file.Bytes > limit)
            {
                problems.Add($"Process {file.ProcessId} ({NameOf(file)}) has the deleted file {file.Path} of {MiB(file.Bytes)} MiB open, and the limit is {MiB(limit)} MiB. Raise {nameof(CriuSettings)}.{nameof(CriuSettings.DeletedFileLimitBytes)} (agent: --deleted-file-limit-mib), or let it close the file.");
            }
        }

        long total = DeletedFiles.TotalBytes(files);
        if (total > WorthAWarning)
        {
            warnings.Add($"{MiB(total)} MiB of deleted files that are still open travel while the workload is frozen: expect a longer downtime.");
        }

        if (problems.Count == 0 && total > 0 && new DriveInfo(workDirectory).AvailableFreeSpace is var free && total > free)
        {
            problems.Add($"The workload has {MiB(total)} MiB of deleted files open, which travel by way of the work directory '{workDirectory}', and {MiB(free)} MiB are free there. Free space, or name another one ({nameof(MigrationSessionOptions.WorkDirectory)}; agent: --work-directory).");
        }
    }

    private static string MiB(long bytes) => (bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture);

    private static string NameOf(DeletedFile file) => ProcessTree.TryReadStatus(file.ProcessId)?.Name ?? "ended";
}
