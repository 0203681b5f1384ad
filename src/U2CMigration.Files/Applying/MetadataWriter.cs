using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Applying;

/// <summary>
/// Gives an entry its metadata, in an order in which nothing undoes what was set before: a new owner takes capabilities and set-user-ID away, new rights change access lists, everything changes times, and flags forbid changes.
/// </summary>
internal sealed class MetadataWriter
{
    private readonly byte[] _names = new byte[64 << 10];

    /// <summary>Sets all of it.</summary>
    /// <param name="directory">Where the entry is.</param>
    /// <param name="name">Its name, with a zero.</param>
    /// <param name="entry">It, opened; as a place if it is no regular file and no directory.</param>
    /// <param name="metadata">What to set.</param>
    /// <param name="what">The first thing that could not be set.</param>
    /// <returns>0 or the errno.</returns>
    public int Set(SafeFileHandle directory, ReadOnlySpan<byte> name, SafeFileHandle entry, EntryMetadata metadata, out string what)
    {
        what = "its owner";
        int error = FileCalls.SetOwner(directory, name, metadata.UserId, metadata.GroupId);
        if (error == 0 && metadata.Type != EntryType.SymbolicLink)
        {
            what = "its rights";
            error = FileCalls.SetMode(entry, metadata.Rights);
        }

        error = error != 0 ? error : SetAttributes(directory, name, metadata, ref what);
        if (error == 0)
        {
            what = "its time";
            error = FileCalls.SetModified(directory, name, metadata.Modified.Seconds, metadata.Modified.Nanoseconds);
        }

        if (error == 0 && metadata.Type is EntryType.RegularFile or EntryType.Directory)
        {
            what = "its flags, which protect it (chattr)";
            error = EntryLock.Set(entry, metadata.Flags);
        }

        return error;
    }

    private int SetAttributes(SafeFileHandle directory, ReadOnlySpan<byte> name, EntryMetadata metadata, ref string what)
    {
        Span<byte> path = stackalloc byte[DescriptorPath.Length];
        DescriptorPath.Write(path, directory, name);
        what = "its attributes";
        int bytes = FileCalls.ListAttributes(path, _names);
        if (bytes < 0)
        {
            return bytes == -Errno.EOPNOTSUPP && metadata.Attributes.Count == 0 ? 0 : -bytes;
        }

        // Some come from the directory above by themselves (access lists), others from before.
        ReadOnlySpan<byte> rest = _names.AsSpan(0, bytes);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0) + 1;
            ReadOnlySpan<byte> attribute = rest[..end];
            rest = rest[end..];
            if (AttributeRules.Travels(NameBytes.WithoutZero(attribute)) && !IsWanted(metadata, attribute))
            {
                int error = FileCalls.RemoveAttribute(path, attribute);
                if (error is not (0 or Errno.ENODATA))
                {
                    return error;
                }
            }
        }

        foreach (ExtendedAttribute attribute in metadata.Attributes)
        {
            int error = FileCalls.SetAttribute(path, attribute.Name, attribute.Value);
            if (error != 0)
            {
                what = $"the attribute {NameBytes.Show(NameBytes.WithoutZero(attribute.Name))}";
                return error;
            }
        }

        return 0;
    }

    private static bool IsWanted(EntryMetadata metadata, ReadOnlySpan<byte> name)
    {
        foreach (ExtendedAttribute attribute in metadata.Attributes)
        {
            if (name.SequenceEqual(attribute.Name))
            {
                return true;
            }
        }

        return false;
    }
}
