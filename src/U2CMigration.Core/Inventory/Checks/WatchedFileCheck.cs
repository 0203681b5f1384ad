using System.Globalization;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Watched files that cannot be found again by the handle that the kernel tells, as on an overlay.</summary>
internal static class WatchedFileCheck
{
    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach (HeldDescriptor descriptor in view.Descriptors.Where(static one => one.Link is "anon_inode:inotify" or "anon_inode:[inotify]" or "anon_inode:[fanotify]"))
        {
            foreach (WatchedFile file in Watched(descriptor))
            {
                if (MountOf(descriptor.ProcessId, file.Device) is { } mount && !FileHandles.CanOpen($"/proc/{descriptor.ProcessId}/root{mount}", file.HandleType, file.Handle))
                {
                    bool isSearched = view.Options.SearchesWatchedFiles;
                    yield return view.Finding(
                        FindingKind.WatchedFile, descriptor.ProcessId, descriptor.Named,
                        $"it watches inode {file.Inode} on the file system at {mount}, which {(isSearched ? "is searched for while the workload is frozen, as that file system" : "CRIU does not find, as that file system")} does not tell its path",
                        isInformation: isSearched);
                    break;
                }
            }
        }
    }

    private static List<WatchedFile> Watched(HeldDescriptor descriptor)
    {
        try
        {
            return File.ReadAllLines(descriptor.InformationPath).Select(WatchedFile.Parse).OfType<WatchedFile>().ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where a file system is mounted, as the process sees it; null where it is not, or not told.</summary>
    private static string? MountOf(int processId, (uint Major, uint Minor) device)
    {
        try
        {
            // 36 35 98:0 /root /point options - type source super
            string wanted = string.Create(CultureInfo.InvariantCulture, $"{device.Major}:{device.Minor}");
            return File.ReadLines($"/proc/{processId}/mountinfo").Select(static line => line.Split(' ')).FirstOrDefault(fields => fields.Length > 4 && fields[2] == wanted)?[4];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
