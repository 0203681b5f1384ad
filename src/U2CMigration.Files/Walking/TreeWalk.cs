using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>Looks at every entry of a tree once and finds what the destination needs. Reads no contents, and allocates nothing for entries that are known.</summary>
internal sealed unsafe partial class TreeWalk(SourceTree tree, RoundNotes notes, FileTreeSourceOptions options)
{
    private const int EntryHeaderBytes = 19;

    private readonly byte[] _entries = GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true);
    private readonly Stack<Node> _directories = new();
    private readonly byte[] _target = new byte[4096];

    /// <summary>Entries to make or to compare, directories before what is in them.</summary>
    public List<Node> Work { get; } = [];

    /// <summary>Directories whose metadata is to be sent, those above before those below.</summary>
    public List<Node> Directories { get; } = [];

    /// <summary>Names that the destination has and that are gone, or are something else.</summary>
    public List<Node> Removals { get; } = [];

    /// <summary>What the destination has and what gets further names.</summary>
    public List<FileContent> Kept { get; } = [];

    /// <summary>Everything that the destination may not have any more after the round.</summary>
    public List<FileContent> Touched { get; } = [];

    public void Run(CancellationToken cancellationToken)
    {
        int error = FileCalls.Status(tree.Handle, out FileCalls.StatX status);
        if (error != 0)
        {
            throw tree.Failed(error, tree.Top, "looked at");
        }

        tree.Top.Now = FileStamp.Of(status);
        tree.Top.SeenIn = notes.Round;
        if (tree.Top.SentAs == EntryType.None)
        {
            tree.Top.Directory!.RemadeIn = notes.Round;
        }

        PlanMetadata(tree.Top);
        _directories.Push(tree.Top);
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
            GiveUp(directory, error);
            return;
        }

        FileCalls.Rewind(handle);
        int seen = 0;
        for (; ; )
        {
            int bytes = FileCalls.ReadEntries(handle, _entries);
            if (bytes < 0)
            {
                GiveUp(directory, -bytes);
                return;
            }

            if (bytes == 0)
            {
                break;
            }

            for (int at = 0; at < bytes;)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(_entries.AsSpan(at + 16));
                ReadOnlySpan<byte> name = _entries.AsSpan(at + EntryHeaderBytes, length - EntryHeaderBytes);
                seen += See(directory, handle, name[..(name.IndexOf((byte)0) + 1)]) ? 1 : 0;
                at += length;
            }
        }

        if (seen != directory.Directory!.Children.Count)
        {
            Sweep(directory);
        }
    }

    /// <summary>Looks at an entry.</summary>
    /// <returns>Whether it counts as seen for the first time in this round.</returns>
    private bool See(Node directory, SafeFileHandle handle, ReadOnlySpan<byte> name)
    {
        if (name is [(byte)'.', 0] or [(byte)'.', (byte)'.', 0])
        {
            return false;
        }

        ExcludedNames? below = null;
        DirectoryState state = directory.Directory!;
        if (state.Excluded is not null && state.Excluded.Has(name, out below))
        {
            return false;
        }

        FileCalls.StatX status;
        int error;
        fixed (byte* path = name)
        {
            error = FileCalls.Status(handle, path, out status);
        }

        if (error != 0)
        {
            return Errno.IsGone(error) ? false : throw tree.Failed(error, new Node(NameBytes.WithZero(NameBytes.WithoutZero(name)), directory), "looked at");
        }

        FileStamp now = FileStamp.Of(status);
        if (!state.Children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out Node? node))
        {
            node = new Node(name.ToArray(), directory);
            state.Children.Add(node.Name, node);
        }

        bool isFirst = node.SeenIn != notes.Round;
        if (!isFirst)
        {
            // Taken away and made again while the directory was read: the next round sees which.
            return false;
        }

        node.SeenIn = notes.Round;
        if ((now.Flags & EntryFlags.MountPoint) != 0)
        {
            notes.NoteMountPoint($"{tree.Root.Name}: {node.Show()}");
            return true;
        }

        if (++notes.EntriesWalked > options.MaxEntries)
        {
            throw new FileTreeException($"The trees have more than {options.MaxEntries} entries, the limit of FileTreeSourceOptions.MaxEntries. Raise it, or leave out what need not travel.");
        }

        node.Now = now;
        node.Links = status.Links;
        node.ReadsMerged = directory.ReadsMerged;
        node.Type = tree.IsOverlay && !node.ReadsMerged && now.IsWhiteout ? EntryType.Whiteout : now.Type;
        if (node.Type == EntryType.Directory)
        {
            SeeDirectory(node, handle, below);
        }
        else
        {
            SeeOther(node, handle);
        }

        return true;
    }

    /// <summary>Finds the names that are gone.</summary>
    private void Sweep(Node directory)
    {
        DirectoryState state = directory.Directory!;
        bool isRemade = state.RemadeIn == notes.Round;
        foreach (Node child in state.Children.Values)
        {
            if (child.SeenIn == notes.Round)
            {
                continue;
            }

            if (child.SentAs == EntryType.Whiteout && !state.IsOpaque && !isRemade)
            {
                // It may have been missed as it was renamed; the destination has it removed in any case.
                if (notes.IsFrozen)
                {
                    throw new FileTreeException($"In the tree '{tree.Root.Name}', {child.Show()} of the image shows again, which had been removed. Its upper folder was changed beside the overlay; move with a destination made anew.");
                }

                continue;
            }

            state.Children.Remove(child.Name);
            if (child.SentAs != EntryType.None)
            {
                // In a directory that is made anew it goes with the directory, but what is known of it has to be forgotten.
                Removals.Add(child);
            }
        }
    }

    /// <summary>A directory that cannot be listed: gone since its parent was, or not readable.</summary>
    private void GiveUp(Node directory, int error)
    {
        if (error == Errno.EXDEV)
        {
            notes.NoteMountPoint($"{tree.Root.Name}: {directory.Show()}");
            return;
        }

        if (!Errno.IsGone(error) || directory.Parent is null)
        {
            throw tree.Failed(error, directory, "listed");
        }

        notes.NotePending(tree, directory, directory.Now);
    }
}
