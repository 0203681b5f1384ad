using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;
using U2CMigration.Files.Records;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>
/// Sends what a walk has found, in an order in which each step can be made: first what gets further names is kept, then names are removed, then entries are made and changed, those above before
/// those below, and at last directories get their metadata, as all before changes their times.
/// </summary>
internal sealed class TreeSender
{
    private readonly SourceTree _tree;
    private readonly TreeWalk _walk;
    private readonly RecordWriter _writer;
    private readonly RoundNotes _notes;
    private readonly WireCursor _place;
    private readonly EntrySender _entries;
    private readonly Action _progress;
    private readonly List<FileContent> _unnamed = [];
    private readonly HashSet<FileContent> _unlocked = [];
    private readonly HashSet<Node> _changedDirectories = [];
    private uint _lastKept;

    public TreeSender(SourceTree tree, TreeWalk walk, RecordWriter writer, RoundNotes notes, Action progress)
    {
        (_tree, _walk, _writer, _notes, _progress) = (tree, walk, writer, notes, progress);
        _place = new WireCursor(tree.Top, writer);
        _entries = new EntrySender(tree, writer, _place, notes);
        _lastKept = (uint)walk.Kept.Count;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (FileContent content in _walk.Kept)
        {
            Node name = content.AnyName!;
            NoteUnlocked(content);
            _place.MoveTo(name.Parent!);
            _writer.Begin(RecordType.Keep).Name(name.Name).UInt32(content.KeptAs).End();
            await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (Node node in _walk.Removals)
        {
            Remove(node);
            await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (Node node in _walk.Work)
        {
            await SendAsync(node, cancellationToken).ConfigureAwait(false);
            _notes.EntriesDone++;
            _progress();
            await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_lastKept > 0)
        {
            _place.MoveTo(_tree.Top);
            _writer.Begin(RecordType.Release).End();
        }

        // Each name that came or went had them unlocked.
        foreach (FileContent content in _unlocked.Where(static content => content.AnyName is not null && IsLocked(content)))
        {
            await UpdateAsync(content.AnyName!, content, withMetadata: true, cancellationToken).ConfigureAwait(false);
        }

        for (int i = _walk.Directories.Count - 1; i >= 0; i--)
        {
            SendMetadata(_walk.Directories[i]);
            await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        // Whatever the source's times say of them, at the destination they have changed.
        foreach (Node directory in _changedDirectories.Where(static directory => directory.SentAs == EntryType.Directory).ToArray())
        {
            SendMetadata(directory);
            await _writer.PaceAsync(cancellationToken).ConfigureAwait(false);
        }

        // The next tree begins at its root.
        _place.MoveTo(_tree.Top);
        Forget();
    }

    private async ValueTask SendAsync(Node node, CancellationToken cancellationToken)
    {
        if (node.Type == EntryType.Directory)
        {
            Make(node);
        }
        else if (node.Type == EntryType.Whiteout)
        {
            RemoveAt(node);
            node.SentAs = EntryType.Whiteout;
        }
        else if (node.SentAs == EntryType.None)
        {
            await SendNameAsync(node, node.Wanted!, cancellationToken).ConfigureAwait(false);
        }
        else if (node.Wanted!.DoneIn != _notes.Round)
        {
            await UpdateAsync(node, node.Wanted!, withMetadata: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A name that the destination does not have.</summary>
    private async ValueTask SendNameAsync(Node node, FileContent content, CancellationToken cancellationToken)
    {
        if (content.KeptAs != 0)
        {
            _place.MoveTo(node.Parent!);
            _writer.Begin(RecordType.Link).Name(node.Name).UInt32(content.KeptAs).End();
            _notes.EntriesSent++;
            AddName(node, content);
            if (content.DoneIn != _notes.Round)
            {
                await UpdateAsync(node, content, withMetadata: false, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        uint keptAs = content.WantedNames > 1 ? ++_lastKept : 0;
        if (await _entries.SendAsync(node, content, isNew: true, keptAs, withMetadata: true, cancellationToken).ConfigureAwait(false))
        {
            content.KeptAs = keptAs;
            AddName(node, content);
        }
        else
        {
            _notes.NotePending(_tree, node, node.Now);
        }
    }

    private async ValueTask UpdateAsync(Node node, FileContent content, bool withMetadata, CancellationToken cancellationToken)
    {
        if (!await _entries.SendAsync(node, content, isNew: false, 0, withMetadata, cancellationToken).ConfigureAwait(false))
        {
            _notes.NotePending(_tree, node, node.Now);
        }
    }

    private void AddName(Node node, FileContent content)
    {
        NoteUnlocked(content);
        _changedDirectories.Add(node.Parent!);
        node.SentAs = node.Type;
        node.Content = content;
        content.AddName(node);
    }

    /// <summary>A name of a locked file can come or go at the destination only when it is unlocked. At the source it may be its directory that was renamed, so that nothing of the file has changed.</summary>
    private void NoteUnlocked(FileContent content)
    {
        if (content.KeptAs != 0 || IsLocked(content))
        {
            _unlocked.Add(content);
        }
    }

    private static bool IsLocked(FileContent content) => (content.Sent.CarriedFlags & EntryFlags.Locked) != 0;

    private void Make(Node node)
    {
        _place.MoveTo(node.Parent!);
        _changedDirectories.Add(node.Parent!);
        DirectoryState state = node.Directory!;
        _writer.Begin(RecordType.Directory).Name(node.Name).Byte(state.IsOpaque ? (byte)1 : (byte)0).End();
        _notes.EntriesSent++;
        node.SentAs = EntryType.Directory;
        state.WasSentOpaque = state.IsOpaque;
    }

    private void SendMetadata(Node node)
    {
        DirectoryState state = node.Directory!;
        int error = _tree.Open(node, out SafeFileHandle directory);
        AttributeReader reader = _tree.AttributesOf(node);
        IReadOnlyList<ExtendedAttribute> attributes = [];
        error = error != 0 ? error : reader.Read(directory, NameBytes.Self, out attributes);
        if (error != 0)
        {
            if (!Errno.IsGone(error) && error != Errno.EXDEV)
            {
                throw _tree.Failed(error, node, "asked for its attributes");
            }

            _notes.NotePending(_tree, node, node.Now);
            return;
        }

        MetadataRules.Check(_tree, node, attributes);
        foreach (string name in reader.LeftOut)
        {
            _notes.LeaveOut(_tree, node, $"The attribute {name}");
        }

        _changedDirectories.Remove(node);
        _place.MoveTo(node);
        _writer.Begin(RecordType.Place).Metadata(EntryMetadata.Of(node.Now, attributes)).End();

        // What the walk saw, not what it is by now: entries that came in between are for the next round, which then sends the times again.
        state.Sent = node.Now;
        state.IsInDoubt = !_notes.IsFrozen && _notes.Clock.IsInDoubt(node.Now);
        node.SentAs = EntryType.Directory;
        if (state.IsInDoubt)
        {
            _notes.NotePending(_tree, node, node.Now);
        }
    }

    private void Remove(Node node)
    {
        if (node.SentAs == EntryType.None)
        {
            return;
        }

        if (node.Parent!.Directory!.RemadeIn != _notes.Round)
        {
            RemoveAt(node);
            _notes.EntriesRemoved++;
        }

        Unsend(node);
    }

    private void RemoveAt(Node node)
    {
        _place.MoveTo(node.Parent!);
        _changedDirectories.Add(node.Parent!);
        _writer.Begin(RecordType.Remove).Name(node.Name).End();
    }

    /// <summary>The destination has nothing of it any more, nor of what was below.</summary>
    private void Unsend(Node top)
    {
        var stack = new Stack<Node>();
        stack.Push(top);
        while (stack.TryPop(out Node? node))
        {
            node.SentAs = EntryType.None;
            if (node.Content is { } content)
            {
                content.RemoveName(node);
                NoteUnlocked(content);
                node.Content = null;
                _unnamed.Add(content);
            }

            if (node.Directory is { } state)
            {
                state.WasSentOpaque = false;
                state.IsInDoubt = true;
                foreach (Node child in state.Children.Values)
                {
                    stack.Push(child);
                }
            }
        }

        top.Directory = top.Type == EntryType.Directory ? top.Directory : null;
    }

    /// <summary>Numbers hold for one round; inodes without a name at the destination are new when they are seen again.</summary>
    private void Forget()
    {
        _unnamed.AddRange(_walk.Touched);
        foreach (FileContent content in _unnamed)
        {
            content.KeptAs = 0;
            content.WantedNames = 0;
            if (content.AnyName is null)
            {
                _tree.Contents.Remove(content.Key);
            }
        }
    }
}
