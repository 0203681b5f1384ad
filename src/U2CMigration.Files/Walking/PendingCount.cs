using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>Counts what differs from what was sent, without remembering anything of it.</summary>
internal sealed class PendingCount(SourceTree tree)
{
    private const int EntryHeaderBytes = 19;

    private readonly byte[] _entries = GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true);
    private readonly Stack<Node> _directories = new([tree.Top]);
    private long _count;
    private long _bytes;

    public static FileTreePending Of(IEnumerable<SourceTree> trees, CancellationToken cancellationToken)
    {
        long entries = 0;
        long bytes = 0;
        foreach (SourceTree tree in trees)
        {
            var count = new PendingCount(tree);
            count.Run(cancellationToken);
            entries += count._count;
            bytes += count._bytes;
        }

        return new FileTreePending(entries, bytes);
    }

    private void Run(CancellationToken cancellationToken)
    {
        while (_directories.TryPop(out Node? directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            List(directory);
        }
    }

    private void List(Node directory)
    {
        int error = tree.Open(directory, out SafeFileHandle handle);
        if (error != 0)
        {
            _count += error == Errno.EXDEV ? 0 : 1;
            return;
        }

        int seen = 0;
        FileCalls.Rewind(handle);
        for (int bytes; (bytes = FileCalls.ReadEntries(handle, _entries)) > 0;)
        {
            for (int at = 0; at < bytes; at += BinaryPrimitives.ReadUInt16LittleEndian(_entries.AsSpan(at + 16)))
            {
                ReadOnlySpan<byte> name = _entries.AsSpan(at + EntryHeaderBytes);
                name = name[..(name.IndexOf((byte)0) + 1)];
                if (name is not ([(byte)'.', 0] or [(byte)'.', (byte)'.', 0]))
                {
                    seen += See(directory, handle, name) ? 1 : 0;
                }
            }
        }

        // Names that are gone.
        _count += Math.Max(0, (directory.Directory?.Children.Count ?? seen) - seen);
    }

    /// <returns>Whether the name is known.</returns>
    private unsafe bool See(Node directory, SafeFileHandle handle, ReadOnlySpan<byte> name)
    {
        ExcludedNames? below = null;
        FileCalls.StatX status;
        fixed (byte* path = name)
        {
            if ((directory.Directory?.Excluded is { } excluded && excluded.Has(name, out below)) || FileCalls.Status(handle, path, out status) != 0)
            {
                return false;
            }
        }

        FileStamp now = FileStamp.Of(status);
        Node? node = null;
        bool isKnown = directory.Directory?.Children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out node) == true;
        if ((now.Flags & EntryFlags.MountPoint) != 0)
        {
            return isKnown;
        }

        node ??= new Node(name.ToArray(), directory) { ReadsMerged = directory.ReadsMerged, Directory = now.Type == EntryType.Directory ? new DirectoryState { Excluded = below } : null };
        if (now.Type == EntryType.Directory && node.Directory is not null)
        {
            _directories.Push(node);
        }

        bool isSame = node.SentAs == EntryType.Whiteout ? now.IsWhiteout
            : node.Directory is { } state ? !state.IsInDoubt && state.Sent == now : node.Content is { IsInDoubt: false } content && content.Sent == now;
        if (!isSame)
        {
            _count++;
            _bytes += now.Type == EntryType.RegularFile ? now.Size : 0;
        }

        return isKnown;
    }
}
