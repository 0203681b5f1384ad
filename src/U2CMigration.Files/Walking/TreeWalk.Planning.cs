using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Walking;

/// <content>What an entry that was seen needs.</content>
internal sealed partial class TreeWalk
{
    private void SeeDirectory(Node node, SafeFileHandle parent, ExcludedNames? below)
    {
        if (node.Depth > options.MaxDepth)
        {
            throw new FileTreeException($"In the tree '{tree.Root.Name}' more than {options.MaxDepth} directories lie within each other, the limit of FileTreeSourceOptions.MaxDepth.");
        }

        DirectoryState state = node.Directory ??= new DirectoryState { Excluded = below };
        bool isAboveRemade = node.Parent!.Directory!.RemadeIn == notes.Round;
        if (tree.IsOverlay && !node.Parent.ReadsMerged && (isAboveRemade || node.SentAs != EntryType.Directory || state.IsInDoubt || node.Now != state.Sent))
        {
            ReadMarks(node, state, parent);
        }

        node.ReadsMerged |= state.IsRedirected;

        bool wasSent = node.SentAs == EntryType.Directory && !isAboveRemade;

        // The other way round there was nothing to hide, else the overlay would have kept the mark: what the destination has is right.
        bool hidesNow = wasSent && state.IsOpaque && !state.WasSentOpaque;
        if (!wasSent || hidesNow)
        {
            PlanRemoval(node, isAboveRemade);
            state.RemadeIn = notes.Round;
            Work.Add(node);
        }

        PlanMetadata(node);
        _directories.Push(node);
    }

    private void ReadMarks(Node node, DirectoryState state, SafeFileHandle parent)
    {
        int error = tree.Attributes.Read(parent, node.Name, out _);
        if (error != 0 && !Errno.IsGone(error))
        {
            throw tree.Failed(error, node, "asked for its attributes");
        }

        OverlayMarks marks = tree.Attributes.Marks;
        state.IsRedirected = (marks & OverlayMarks.Redirect) != 0;
        state.IsOpaque = (marks & (OverlayMarks.Opaque | OverlayMarks.Redirect)) != 0;
    }

    private void SeeOther(Node node, SafeFileHandle parent)
    {
        bool isAboveRemade = node.Parent!.Directory!.RemadeIn == notes.Round;
        if (node.Type == EntryType.Whiteout)
        {
            if (node.SentAs != EntryType.Whiteout || isAboveRemade)
            {
                PlanRemoval(node, isAboveRemade);
                Work.Add(node);
            }

            return;
        }

        bool isFile = node.Type == EntryType.RegularFile;
        bool isUntrusted = isFile && (!tree.TrustsTimes || node.ReadsMerged);
        notes.UntrustedBytes += isUntrusted ? node.Now.Size : 0;
        bool wasSent = node.SentAs == node.Type && !isAboveRemade;
        if (wasSent && node.Content is { IsInDoubt: false } same && same.Sent == node.Now
            && !(notes.IsFrozen && isUntrusted && node.Now.Size > 0) && !(isFile && notes.Mapped.Has(node.Now.Inode, node.Name)))
        {
            return;
        }

        ContentKey key = KeyOf(node, parent);
        if (!tree.Contents.TryGetValue(key, out FileContent? content))
        {
            tree.Contents.Add(key, content = new FileContent(key));
        }

        node.Wanted = content;
        Touched.Add(content);
        Work.Add(node);
        if (wasSent && ReferenceEquals(node.Content, content))
        {
            return;
        }

        PlanRemoval(node, isAboveRemade);
        content.WantedNames++;
        if (content.AnyName is not null && content.KeptAs == 0)
        {
            Kept.Add(content);
            content.KeptAs = (uint)Kept.Count;
        }
    }

    private ContentKey KeyOf(Node node, SafeFileHandle parent)
    {
        ulong known = node.Now.RawDevice;
        if (node.Type == EntryType.SymbolicLink)
        {
            int bytes = FileCalls.ReadLink(parent, node.Name, _target);
            known = bytes > 0 ? XxHash3.HashToUInt64(_target.AsSpan(0, bytes)) : 0;
        }

        FileStamp identity = node.Now;
        if (tree.HasMerged && !node.ReadsMerged && node.Links > 1)
        {
            // Another name may lie where entries are read through the overlay, which has numbers of its own.
            identity = tree.SeenMerged(node);
        }

        return new ContentKey(identity.Device, identity.Inode, node.Type, known);
    }

    private void PlanMetadata(Node node)
    {
        DirectoryState state = node.Directory!;
        if (state.RemadeIn == notes.Round || state.IsInDoubt || state.Sent != node.Now)
        {
            Directories.Add(node);
        }
    }

    private void PlanRemoval(Node node, bool isAboveRemade)
    {
        if (node.SentAs != EntryType.None && !isAboveRemade)
        {
            Removals.Add(node);
        }
    }
}
