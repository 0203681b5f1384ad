using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;
using U2CMigration.Files.Records;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>Sends one entry that is no directory: a new one whole, of one that the destination has what differs.</summary>
internal sealed class EntrySender(SourceTree tree, RecordWriter writer, WireCursor place, RoundNotes notes)
{
    private readonly ContentSender _contents = new(writer, place, notes);
    private readonly byte[] _target = new byte[RecordFormat.MaxTargetBytes];

    /// <summary>Sends it.</summary>
    /// <param name="node">A name of it, which the destination has if it is not new.</param>
    /// <param name="content">What it is.</param>
    /// <param name="isNew">Whether the destination makes it.</param>
    /// <param name="keptAs">The number under which the destination keeps it for further names; 0 for none.</param>
    /// <param name="withMetadata">Whether a regular file's metadata is sent also if it is the same.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <returns>Whether it was still there, and the same.</returns>
    public async ValueTask<bool> SendAsync(Node node, FileContent content, bool isNew, uint keptAs, bool withMetadata, CancellationToken cancellationToken)
    {
        int error = tree.Open(node.Parent!, out SafeFileHandle directory);
        SafeFileHandle entry = directory;
        error = error != 0 ? error : FileCalls.Open(directory, node.Name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out entry);
        if (error != 0)
        {
            return Errno.IsGone(error) || error == Errno.EXDEV ? false : throw tree.Failed(error, node, "opened");
        }

        using (entry)
        {
            if (!TryStatus(node, entry, out FileStamp stamp) || !TryRead(node, directory, stamp, out EntryMetadata metadata))
            {
                return false;
            }

            bool isDone = node.Type == EntryType.RegularFile
                ? await SendFileAsync(node, content, isNew || withMetadata, isNew, keptAs, entry, stamp, metadata, cancellationToken).ConfigureAwait(false)
                : TrySendOther(node, directory, content, isNew, keptAs, stamp, metadata);
            if (isDone)
            {
                Finish(node, content, entry, stamp);
            }

            return isDone;
        }
    }

    private static bool TryStatus(Node node, SafeFileHandle entry, out FileStamp stamp)
    {
        stamp = default;
        if (FileCalls.Status(entry, out FileCalls.StatX status) != 0)
        {
            return false;
        }

        // Looked at by its name it has the mark of a mount, opened it has not.
        stamp = FileStamp.Of(status);
        stamp = stamp with { Flags = stamp.Flags & ~EntryFlags.MountPoint };
        return stamp.Type == node.Type && stamp.Device == node.Now.Device && stamp.Inode == node.Now.Inode;
    }

    private bool TryRead(Node node, SafeFileHandle directory, in FileStamp stamp, out EntryMetadata metadata)
    {
        AttributeReader reader = tree.AttributesOf(node);
        int error = reader.Read(directory, node.Name, out IReadOnlyList<ExtendedAttribute> attributes);
        metadata = EntryMetadata.Of(stamp, attributes);
        if (error != 0)
        {
            return Errno.IsGone(error) ? false : throw tree.Failed(error, node, "asked for its attributes");
        }

        MetadataRules.Check(tree, node, attributes);
        foreach (string name in reader.LeftOut)
        {
            notes.LeaveOut(tree, node, $"The attribute {name}");
        }

        if ((stamp.Flags & EntryFlags.Verity) != 0)
        {
            notes.LeaveOut(tree, node, "The check of contents by the kernel (fs-verity)");
        }

        return true;
    }

    private async ValueTask<bool> SendFileAsync(
        Node node, FileContent content, bool withMetadata, bool isNew, uint keptAs, SafeFileHandle entry, FileStamp stamp, EntryMetadata metadata, CancellationToken cancellationToken)
    {
        if (notes.Leased.Has(stamp.Inode))
        {
            notes.NoteObstacle($"In the tree '{tree.Root.Name}', {node.Show()} is under a lease for writing (F_SETLEASE), and reading it would make its holder give the lease up. Have the holder release it, or exclude the file and carry it by other means.");
            return false;
        }

        SafeFileHandle? file = OpenContents(node, entry, out int error);
        if (file is null)
        {
            return Errno.IsGone(error) ? false : throw tree.Failed(error, node, "read");
        }

        using (file)
        {
            writer.Begin(RecordType.File).Name(node.Name).Byte(isNew ? (byte)1 : (byte)0).UInt32(keptAs).Int64(stamp.Size);
            int from = writer.PayloadBytes;
            ulong hash = XxHash3.HashToUInt64(writer.Metadata(metadata).Payload(from));

            // A name of a locked file that is taken away has it unlocked at the destination, whatever other names it has.
            bool mayBeUnlocked = (stamp.Flags & EntryFlags.Locked) != 0 && content.Sent != stamp;
            bool needsHead = withMetadata || mayBeUnlocked || content.SentMetadata != hash || content.Sent.Size != stamp.Size;
            writer.Hold();
            content.Blocks = isNew ? new BlockHashes() : content.Blocks ?? new BlockHashes();
            bool isSent = await _contents.SendAsync(node.Parent!, file, stamp.Size, content.Blocks, isNew, needsHead, cancellationToken).ConfigureAwait(false);
            notes.EntriesSent += isSent ? 1 : 0;
            content.SentMetadata = hash;
            content.IsInDoubt = _contents.WasCut;
        }

        return true;
    }

    /// <summary>Opens a file that is known to be one: opening a device could do something. Its time of access stays as it is.</summary>
    private SafeFileHandle? OpenContents(Node node, SafeFileHandle entry, out int error)
    {
        const int Flags = FileCalls.O_NONBLOCK | FileCalls.O_NOATIME;
        if ((tree.AttributesOf(node).Marks & OverlayMarks.Metacopy) != 0)
        {
            error = tree.OpenMerged(node.Parent!, out SafeFileHandle merged);
            error = error != 0 ? error : FileCalls.Open(merged, node.Name, Flags | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out merged);
            return error == 0 ? merged : null;
        }

        error = FileCalls.Reopen(entry, Flags, out SafeFileHandle file);
        error = error == Errno.EPERM ? FileCalls.Reopen(entry, FileCalls.O_NONBLOCK, out file) : error;
        return error == 0 ? file : null;
    }

    private bool TrySendOther(Node node, SafeFileHandle directory, FileContent content, bool isNew, uint keptAs, in FileStamp stamp, EntryMetadata metadata)
    {
        int from;
        if (!isNew)
        {
            from = writer.Begin(RecordType.Metadata).Name(node.Name).PayloadBytes;
        }
        else if (node.Type == EntryType.SymbolicLink)
        {
            int bytes = FileCalls.ReadLink(directory, node.Name, _target);
            if (bytes <= 0 || XxHash3.HashToUInt64(_target.AsSpan(0, bytes)) != content.Key.Fixed)
            {
                return false;
            }

            from = writer.Begin(RecordType.SymbolicLink).Name(node.Name).UInt32(keptAs).Blob(_target.AsSpan(0, bytes)).PayloadBytes;
        }
        else
        {
            from = writer.Begin(RecordType.Node).Name(node.Name).UInt32(keptAs).UInt64(stamp.RawDevice).PayloadBytes;
        }

        ulong hash = XxHash3.HashToUInt64(writer.Metadata(metadata).Payload(from));
        if (isNew || hash != content.SentMetadata)
        {
            writer.Hold();
            place.MoveTo(node.Parent!);
            writer.EndHeld();
            notes.EntriesSent++;
        }

        content.SentMetadata = hash;
        content.IsInDoubt = false;
        return true;
    }

    /// <summary>Remembers what was sent, and whether that can have changed unseen.</summary>
    private void Finish(Node node, FileContent content, SafeFileHandle entry, in FileStamp stamp)
    {
        content.Sent = stamp;
        content.DoneIn = notes.Round;
        bool isSame = FileCalls.Status(entry, out FileCalls.StatX after) == 0 && (FileStamp.Of(after) with { Flags = stamp.Flags }) == stamp;
        bool isChanging = content.IsInDoubt || !isSame;
        content.IsInDoubt = !notes.IsFrozen && (isChanging || notes.Clock.IsInDoubt(stamp) || (node.Type == EntryType.RegularFile && notes.Mapped.Has(stamp.Inode, node.Name)));
        if (isChanging || content.IsInDoubt)
        {
            notes.NotePending(tree, node, stamp);
        }
    }
}
