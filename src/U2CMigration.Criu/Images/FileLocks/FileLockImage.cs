using System.Buffers;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>The file locks of a dumped tree; the file <c>filelocks.img</c>.</summary>
public static class FileLockImage
{
    private const string FileName = "filelocks.img";
    private const uint Shared = 0; // F_RDLCK
    private const uint Exclusive = 1; // F_WRLCK

    /// <summary>Reads the locks that are held; a lease that is being broken, and what a newer CRIU knows beyond them, is not among them.</summary>
    /// <param name="directory">The images.</param>
    /// <returns>The locks, in the order in which they are to be taken; none for a tree without.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<FileLock> Read(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return [.. Entries(directory).Where(IsKnown).Select(LockOf)];
    }

    /// <summary>Takes locks out of the images: a restore does not take them then.</summary>
    /// <param name="directory">The images.</param>
    /// <param name="remove">Says of each lock whether it goes; what <see cref="Read"/> leaves out stays.</param>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static void Remove(ImageDirectory directory, Predicate<FileLock> remove)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(remove);
        List<FileLockEntry> entries = Entries(directory);
        if (entries.RemoveAll(entry => IsKnown(entry) && remove(LockOf(entry))) > 0)
        {
            var writer = new ArrayBufferWriter<byte>();
            ImageBytes.WriteMagic(writer, ImageMagic.Common);
            ImageBytes.WriteMagic(writer, ImageMagic.FileLocks);
            entries.ForEach(entry => ImageBytes.WriteEntry(writer, entry));
            ImageBytes.Replace(directory.PathOf(FileName), writer.WrittenSpan);
        }
    }

    private static bool IsKnown(FileLockEntry entry) => Enum.IsDefined((FileLockKind)entry.Flag) && entry.Type is Shared or Exclusive;

    private static FileLock LockOf(FileLockEntry entry) =>
        new((FileLockKind)entry.Flag, entry.Type == Exclusive, entry.Pid, entry.Fd, entry.Start, entry.Len);

    private static List<FileLockEntry> Entries(ImageDirectory directory)
    {
        var found = new List<FileLockEntry>();
        string path = directory.PathOf(FileName);
        if (File.Exists(path))
        {
            ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.FileLocks);
            while (entries.Read())
            {
                found.Add(ImageBytes.Parse(path, entries, FileLockEntry.Parser));
            }
        }

        return found;
    }
}
