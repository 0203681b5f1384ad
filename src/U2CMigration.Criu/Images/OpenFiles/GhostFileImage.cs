using System.Globalization;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>Files that were deleted and are still open: a restore makes each under a name of its own, which it deletes again when it ends by itself.</summary>
public static class GhostFileImage
{
    private const string FileName = "remap-fpath.img";
    private const uint Ghost = 1;
    private const string DeletedSuffix = " (deleted)";

    /// <summary>The names under which a restore makes them.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>Paths in the mount namespace of the tree.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<string> ReadRestorePaths(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        string path = directory.PathOf(FileName);
        if (!File.Exists(path))
        {
            return [];
        }

        Dictionary<uint, string> names = [];
        foreach (FileEntry file in FilesImage.Read(directory))
        {
            if (file.Reg is { Name.Length: > 0 } regular)
            {
                names[file.Id] = regular.Name;
            }
        }

        var found = new List<string>();
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Remaps);
        while (entries.Read())
        {
            RemapEntry remap = ImageBytes.Parse(path, entries, RemapEntry.Parser);
            if (remap.RemapType == Ghost && names.TryGetValue(remap.OrigId, out string? name))
            {
                name = name.EndsWith(DeletedSuffix, StringComparison.Ordinal) ? name[..^DeletedSuffix.Length] : name;
                found.Add(string.Create(CultureInfo.InvariantCulture, $"{name}.cr.{remap.RemapId:x}.ghost"));
            }
        }

        return found;
    }
}
