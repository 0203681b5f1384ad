using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Applying;

/// <summary>What a name in the place comes to.</summary>
internal enum PlaceOutcome
{
    Done,

    /// <summary>Something is mounted there, which is this host's matter.</summary>
    PassedOver,
}

/// <summary>Makes and changes entries of one directory. Names are single steps, and nothing is followed.</summary>
internal sealed class PlaceWriter
{
    private readonly MetadataWriter _metadata = new();

    /// <summary>Makes a directory, unless it is there.</summary>
    public static PlaceOutcome MakeDirectory(TargetTree tree, byte[] name, bool fromNothing)
    {
        SafeFileHandle place = Open(tree);
        if (fromNothing && Remove(tree, name) == PlaceOutcome.PassedOver)
        {
            return PlaceOutcome.PassedOver;
        }

        int error = Make(place, name);
        if (error == Errno.EEXIST)
        {
            if (TypeOf(place, name, out bool isMount) == EntryType.Directory || isMount)
            {
                return PlaceOutcome.Done;
            }

            _ = Remove(tree, name);
            error = Make(place, name);
        }

        return error == 0 ? PlaceOutcome.Done : throw Failed(tree, name, error, "made");

        static int Make(SafeFileHandle place, byte[] name)
        {
            int error = FileCalls.MakeDirectory(place, name, 0x1c0);
            return error == Errno.EPERM && EntryLock.TryClear(place) ? FileCalls.MakeDirectory(place, name, 0x1c0) : error;
        }
    }

    /// <summary>Takes a name away with all below it; it need not be there.</summary>
    public static PlaceOutcome Remove(TargetTree tree, byte[] name)
    {
        int error = TreeRemoval.Remove(Open(tree), name);
        if (error == Errno.EBUSY && TypeOf(Open(tree), name, out bool isMount) is not null && isMount)
        {
            return PlaceOutcome.PassedOver;
        }

        return error == 0 ? PlaceOutcome.Done : throw Failed(tree, name, error, "removed");
    }

    /// <summary>Opens a regular file for writing: a new one in place of what has the name, or the one that is there.</summary>
    /// <returns>Null where something is mounted.</returns>
    public static SafeFileHandle? OpenFile(TargetTree tree, byte[] name, bool isNew, long size)
    {
        SafeFileHandle place = Open(tree);
        int flags = FileCalls.O_WRONLY | FileCalls.O_NOFOLLOW | FileCalls.O_NONBLOCK;
        if (isNew)
        {
            flags |= FileCalls.O_CREAT | FileCalls.O_EXCL;
            if (Remove(tree, name) == PlaceOutcome.PassedOver)
            {
                return null;
            }
        }
        else if (TypeOf(place, name, out bool isMount) is { } type && type != EntryType.RegularFile && !isMount)
        {
            throw new FileTreeException($"{tree.Show(name)} is no regular file here, though it was sent as one. Something else on this host changes the tree.");
        }

        int error = FileCalls.Open(place, name, flags, 0x180, FileCalls.Beneath, out SafeFileHandle file);
        if (error == Errno.EPERM && EntryLock.Open(place, name))
        {
            error = FileCalls.Open(place, name, flags, 0x180, FileCalls.Beneath, out file);
        }

        if (error == Errno.EXDEV)
        {
            return null;
        }

        error = error != 0 ? error : FileCalls.SetSize(file, size);
        if (error != 0)
        {
            file.Dispose();
            throw Failed(tree, name, error, "opened for writing");
        }

        return file;
    }

    /// <summary>Makes a symbolic link.</summary>
    public PlaceOutcome MakeSymbolicLink(TargetTree tree, byte[] name, ReadOnlySpan<byte> target, EntryMetadata metadata)
    {
        if (Remove(tree, name) == PlaceOutcome.PassedOver)
        {
            return PlaceOutcome.PassedOver;
        }

        SafeFileHandle place = Open(tree);
        byte[] to = NameBytes.WithZero(target);
        int error = FileCalls.MakeSymbolicLink(to, place, name);
        error = error == Errno.EPERM && EntryLock.TryClear(place) ? FileCalls.MakeSymbolicLink(to, place, name) : error;
        return error == 0 ? SetMetadata(tree, name, metadata) : throw Failed(tree, name, error, "made");
    }

    /// <summary>Makes a FIFO, a device or a socket.</summary>
    public PlaceOutcome MakeNode(TargetTree tree, byte[] name, ulong device, EntryMetadata metadata)
    {
        if (Remove(tree, name) == PlaceOutcome.PassedOver)
        {
            return PlaceOutcome.PassedOver;
        }

        SafeFileHandle place = Open(tree);
        uint mode = (metadata.Mode & ~FileStamp.Rights) | 0x180;
        ulong number = FileCalls.DeviceNumber((uint)(device >> 32), (uint)device);
        int error = FileCalls.MakeNode(place, name, mode, number);
        error = error == Errno.EPERM && EntryLock.TryClear(place) ? FileCalls.MakeNode(place, name, mode, number) : error;
        return error == 0 ? SetMetadata(tree, name, metadata) : throw Failed(tree, name, error, "made");
    }

    /// <summary>Sets the metadata of an entry that is no regular file and no directory.</summary>
    public PlaceOutcome SetMetadata(TargetTree tree, byte[] name, EntryMetadata metadata)
    {
        SafeFileHandle place = Open(tree);
        int error = FileCalls.Open(place, name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out SafeFileHandle entry);
        if (error == Errno.EXDEV)
        {
            return PlaceOutcome.PassedOver;
        }

        using (entry)
        {
            if (error == 0 && FileCalls.Status(entry, out FileCalls.StatX status) == 0 && FileStamp.Of(status).Type != metadata.Type)
            {
                throw new FileTreeException($"{tree.Show(name)} is something else here than what was sent. Something else on this host changes the tree.");
            }

            string what = "its metadata";
            error = error != 0 ? error : _metadata.Set(place, name, entry, metadata, out what);
            return error == 0 ? PlaceOutcome.Done : throw Failed(tree, name, error, $"given {what}");
        }
    }

    /// <summary>Sets the metadata of a file that is open.</summary>
    public void SetMetadata(TargetTree tree, byte[] name, SafeFileHandle file, EntryMetadata metadata)
    {
        int error = _metadata.Set(Open(tree), name, file, metadata, out string what);
        if (error != 0)
        {
            throw Failed(tree, name, error, $"given {what}");
        }
    }

    /// <summary>Sets the metadata of the place itself.</summary>
    public void SetPlaceMetadata(TargetTree tree, EntryMetadata metadata)
    {
        SafeFileHandle place = Open(tree);
        int error = _metadata.Set(place, NameBytes.Self, place, metadata, out string what);
        if (error == Errno.EPERM && EntryLock.TryClear(place))
        {
            error = _metadata.Set(place, NameBytes.Self, place, metadata, out what);
        }

        if (error != 0)
        {
            throw Failed(tree, NameBytes.Self.ToArray(), error, $"given {what}");
        }
    }

    public static SafeFileHandle Open(TargetTree tree)
    {
        int error = tree.Place.Current(out SafeFileHandle place);
        return error == 0 ? place : throw Failures.Of(error, $"{tree.Place.Show()} in the tree '{tree.Target.Name}' cannot be opened again. Something else on this host changes the tree");
    }

    public static FileTreeException Failed(TargetTree tree, byte[] name, int error, string what) => Failures.Of(error, $"{tree.Show(name)} cannot be {what}");

    private static unsafe EntryType? TypeOf(SafeFileHandle place, byte[] name, out bool isMount)
    {
        fixed (byte* path = name)
        {
            int error = FileCalls.Status(place, path, out FileCalls.StatX status);
            FileStamp stamp = FileStamp.Of(status);
            isMount = error == 0 && (stamp.Flags & EntryFlags.MountPoint) != 0;
            return error == 0 ? stamp.Type : null;
        }
    }
}
