using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Interop;

namespace U2CMigration.Containers.CarriedFiles;

/// <summary>The upper directory of an overlay that is mounted where a bundle has its root file system.</summary>
internal static class WritableLayer
{
    private const int Named = 3;
    private const string UpperOption = "upperdir=";
    private static readonly string[] NotForMounting = ["rw", "ro"];

    /// <summary>linux/mount.h.</summary>
    private static readonly IReadOnlyDictionary<string, nuint> MountFlags = new Dictionary<string, nuint>
    {
        ["ro"] = 1, ["nosuid"] = 2, ["nodev"] = 4, ["noexec"] = 8, ["noatime"] = 0x400, ["nodiratime"] = 0x800, ["relatime"] = 0x200000,
    };

    /// <summary>Why the layer that arrives cannot be taken; null where it can. What lies in the layer of this host already would be among its files.</summary>
    public static string? ProblemOf(string rootFileSystem, string id)
    {
        if (Find(rootFileSystem) is not { } mount)
        {
            return $"The root file system of the container {id} is an overlay on the source, and {rootFileSystem} is none on this host. Mount one there, with the same lower directories and an empty upper directory.";
        }

        string[] left = [.. Leftovers(UpperOf(mount)).Take(Named)];
        return left.Length == 0
            ? null
            : $"The upper directory of {rootFileSystem} is not empty on this host ({string.Join(", ", left)}), and what is in it would be among the files of the container {id}. Unmount the overlay, empty {UpperOf(mount)}, and mount it again.";
    }

    /// <summary>Takes everything out of it again, for a migration that has come to nothing. An upper directory is not to be changed while it is mounted, so the overlay is mounted again.</summary>
    /// <exception cref="IOException">The overlay is in use, or cannot be mounted again.</exception>
    public static void Empty(string rootFileSystem)
    {
        MountLine mount = Find(rootFileSystem) ?? throw new IOException($"{rootFileSystem} is no overlay any more, and so was not emptied.");
        string upper = UpperOf(mount);
        try
        {
            Mounting.Unmount(rootFileSystem);
        }
        catch (IOException e)
        {
            throw new IOException($"The files that have arrived are left in {upper}: {e.Message}. Unmount the overlay, empty that directory, and mount it again.", e);
        }

        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(upper).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
            {
                if (entry is DirectoryInfo { LinkTarget: null } directory)
                {
                    directory.Delete(recursive: true);
                }
                else
                {
                    entry.Delete();
                }
            }
        }
        finally
        {
            nuint flags = mount.MountOptions.Split(',').Aggregate((nuint)0, static (all, one) => all | MountFlags.GetValueOrDefault(one));
            Mounting.MountOverlay(mount.Source, rootFileSystem, flags, string.Join(',', mount.Options.Split(',').Except(NotForMounting)));
        }
    }

    private static MountLine? Find(string rootFileSystem) =>
        MountTable.At(File.ReadLines("/proc/self/mountinfo"), rootFileSystem) is { FileSystem: "overlay" } mount && Directory.Exists(UpperOf(mount)) ? mount : null;

    private static string UpperOf(MountLine mount) =>
        mount.Options.Split(',').FirstOrDefault(static option => option.StartsWith(UpperOption, StringComparison.Ordinal))?[UpperOption.Length..] ?? string.Empty;

    /// <summary>All but directories: those that runtimes make for mounts are there after any attempt.</summary>
    private static IEnumerable<string> Leftovers(string upper) =>
        new DirectoryInfo(upper).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(static entry => entry is not DirectoryInfo { LinkTarget: null }).Select(entry => entry.FullName[upper.Length..]);
}
