using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Applying;

/// <summary>Takes a name away with all that is below it: never through a link or into a mount, and however deep it is.</summary>
internal static class TreeRemoval
{
    private const int EntryHeaderBytes = 19;

    /// <summary>Takes a name away; one that is not there counts as done.</summary>
    /// <returns>0 or the errno; EBUSY or EXDEV for a mount, EPERM for what is immutable.</returns>
    public static int Remove(SafeFileHandle directory, byte[] name)
    {
        int error = RemoveOne(directory, name, isDirectory: false);
        if (error != Errno.EISDIR)
        {
            return error == Errno.ENOENT ? 0 : error;
        }

        error = RemoveOne(directory, name, isDirectory: true);
        if (error != Errno.ENOTEMPTY)
        {
            return error == Errno.ENOENT ? 0 : error;
        }

        using var place = new DirectoryStack(directory);
        error = place.Push(name);
        error = error == 0 ? Empty(place) : error;
        return error != 0 ? error : RemoveOne(directory, name, isDirectory: true);
    }

    /// <summary>Takes everything out of a directory.</summary>
    /// <returns>0 or the errno.</returns>
    public static int Empty(SafeFileHandle directory)
    {
        using var place = new DirectoryStack(directory);
        return Empty(place);
    }

    /// <summary>Whether nothing is in a directory.</summary>
    public static bool IsEmpty(SafeFileHandle directory)
    {
        Span<byte> entries = stackalloc byte[4096];
        FileCalls.Rewind(directory);
        for (int bytes; (bytes = FileCalls.ReadEntries(directory, entries)) > 0;)
        {
            for (int at = 0; at < bytes; at += BinaryPrimitives.ReadUInt16LittleEndian(entries[(at + 16)..]))
            {
                if (!IsSelf(NameAt(entries, at)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int Empty(DirectoryStack place)
    {
        var way = new List<byte[]>();
        for (; ; )
        {
            int error = place.Current(out SafeFileHandle directory);
            byte[]? deeper = null;
            error = error != 0 ? error : RemoveEntries(directory, out deeper);
            if (error != 0)
            {
                return error;
            }

            if (deeper is not null)
            {
                error = place.Push(deeper);
                if (error != 0)
                {
                    return error;
                }

                way.Add(deeper);
                continue;
            }

            if (way.Count == 0)
            {
                return 0;
            }

            place.Pop();
            error = place.Current(out directory);
            error = error != 0 ? error : RemoveOne(directory, way[^1], isDirectory: true);
            if (error != 0)
            {
                return error;
            }

            way.RemoveAt(way.Count - 1);
        }
    }

    /// <summary>Takes entries away up to the first directory that is not empty.</summary>
    private static int RemoveEntries(SafeFileHandle directory, out byte[]? deeper)
    {
        deeper = null;
        Span<byte> entries = stackalloc byte[4096];
        FileCalls.Rewind(directory);
        for (; ; )
        {
            int bytes = FileCalls.ReadEntries(directory, entries);
            if (bytes <= 0)
            {
                return -bytes;
            }

            for (int at = 0; at < bytes; at += BinaryPrimitives.ReadUInt16LittleEndian(entries[(at + 16)..]))
            {
                byte[] name = NameAt(entries, at).ToArray();
                if (IsSelf(name))
                {
                    continue;
                }

                int error = RemoveOne(directory, name, isDirectory: false);
                error = error == Errno.EISDIR ? RemoveOne(directory, name, isDirectory: true) : error;
                if (error == Errno.ENOTEMPTY)
                {
                    deeper = name;
                    return 0;
                }

                if (error is not (0 or Errno.ENOENT))
                {
                    return error;
                }
            }
        }
    }

    private static int RemoveOne(SafeFileHandle directory, byte[] name, bool isDirectory)
    {
        int error = FileCalls.Remove(directory, name, isDirectory);
        return error == Errno.EPERM && EntryLock.Open(directory, name) ? FileCalls.Remove(directory, name, isDirectory) : error;
    }

    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> entries, int at)
    {
        ReadOnlySpan<byte> name = entries[(at + EntryHeaderBytes)..];
        return name[..(name.IndexOf((byte)0) + 1)];
    }

    private static bool IsSelf(ReadOnlySpan<byte> name) => name is [(byte)'.', 0] or [(byte)'.', (byte)'.', 0];
}
