using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Source;

/// <summary>Open files that lie on no mount of the container: its standard streams, where it was started with files of the host.</summary>
internal static class ForeignFiles
{
    private const string MountField = "mnt_id:";

    /// <summary>The files, each with a process that has it open.</summary>
    public static IReadOnlyList<string> Find(int rootProcessId)
    {
        try
        {
            HashSet<string> mounts = [.. File.ReadLines($"/proc/{rootProcessId}/mountinfo").Select(static line => line.Split(' ')[0])];
            return [.. ProcessTree.List(rootProcessId).SelectMany(process => Of(process, mounts)).Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, which is found elsewhere.
            return [];
        }
    }

    private static IEnumerable<string> Of(int processId, HashSet<string> mounts)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd");
        foreach (string descriptor in Directory.EnumerateFileSystemEntries(directory))
        {
            // Devices are opened anew by their numbers.
            if (new FileInfo(descriptor).LinkTarget is ['/', ..] target && !target.StartsWith("/dev/", StringComparison.Ordinal)
                && File.ReadLines($"/proc/{processId}/fdinfo/{Path.GetFileName(descriptor)}").FirstOrDefault(static line => line.StartsWith(MountField, StringComparison.Ordinal)) is { } mount
                && !mounts.Contains(mount[MountField.Length..].Trim()))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{target} (descriptor {Path.GetFileName(descriptor)} of process {processId})");
            }
        }
    }
}
