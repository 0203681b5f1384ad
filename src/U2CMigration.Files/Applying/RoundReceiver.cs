using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Applying;

/// <summary>Takes the records of one round, each of which may come from somebody hostile, and does what they say inside the targets.</summary>
internal sealed partial class RoundReceiver(IReadOnlyList<TargetTree> trees, FileTreeDestinationOptions options, int expectedRound, FileWriter file)
{
    private readonly PlaceWriter _writer = new();
    private readonly long _contentBefore = file.ContentBytes;
    private TargetTree? _tree;
    private bool _isBegun;
    private bool _isFrozen;
    private bool _isOver;
    private long _entries;
    private long _passedOver;

    /// <summary>How many directories deep the place is in a mount, which is passed over.</summary>
    private int _skipped;

    public FileTreeReceived Result => new(expectedRound, _isFrozen, _entries, file.ContentBytes - _contentBefore, _passedOver);

    /// <summary>Takes a record.</summary>
    /// <returns>Whether it was the last of the round.</returns>
    public bool Take(ref RecordReader record)
    {
        bool isOfFile = record.Type is RecordType.Data or RecordType.Zeros or RecordType.Hole or RecordType.FileEnd;
        if (isOfFile != file.IsOpen || _isBegun == (record.Type == RecordType.RoundBegin))
        {
            throw new FileTreeProtocolException(!_isBegun ? "the beginning of a round" : file.IsOpen ? "contents of a file" : "a record outside a file", $"{record.Type}");
        }

        switch (record.Type)
        {
            case RecordType.RoundBegin:
                Begin(ref record);
                break;
            case RecordType.RoundEnd:
                End(ref record);
                break;
            case RecordType.Tree:
                Select(ref record);
                break;
            default:
                TargetTree tree = _tree ?? throw new FileTreeProtocolException("the name of a tree", $"{record.Type}");
                if (isOfFile)
                {
                    TakeContents(tree, ref record);
                }
                else
                {
                    TakeEntry(tree, ref record);
                }

                break;
        }

        return _isOver;
    }

    private void Begin(ref RecordReader record)
    {
        uint round = record.UInt32();
        if (round != expectedRound)
        {
            throw new FileTreeProtocolException($"round {expectedRound}", $"round {round}", "Source and destination are made for each other: use both for one migration only.");
        }

        _isFrozen = record.Flag();
        record.End();
        _isBegun = true;
    }

    private void Select(ref RecordReader record)
    {
        FinishTree();
        var kind = (FileTreeKind)record.Byte();
        string name = Encoding.UTF8.GetString(record.Blob(TreeNames.MostBytes, "name"));
        record.End();
        _tree = trees.FirstOrDefault(tree => tree.Target.Name == name)
            ?? throw new FileTreeProtocolException("a tree that has a target here", $"'{Names.NameBytes.Show(TreeNames.Bytes(name))}'", "Give the destination a target for each tree of the source.");
        if (_tree.Target.Kind != kind)
        {
            throw new FileTreeProtocolException($"the tree '{name}' as {_tree.Target.Kind}", $"{kind}", "Source and destination must be told the same kind.");
        }

        _tree.Begin();
    }

    private void End(ref RecordReader record)
    {
        _ = record.Int64();
        long bytes = record.Int64();
        record.End();
        if (bytes != file.ContentBytes - _contentBefore)
        {
            throw new FileTreeProtocolException($"{file.ContentBytes - _contentBefore} bytes of contents, as came", $"{bytes}");
        }

        FinishTree();
        _isOver = true;
    }

    private void FinishTree()
    {
        if (_skipped > 0)
        {
            throw new FileTreeProtocolException("the way back out of a directory", "the next tree");
        }

        _tree?.Finish();
        if (_tree is not null && options.Flush)
        {
            int error = FileCalls.Flush(_tree.Handle);
            if (error != 0)
            {
                throw Failures.Of(error, $"What was written to the tree '{_tree.Target.Name}' cannot be brought to the disk");
            }
        }

        _tree = null;
    }

    private void TakeContents(TargetTree tree, ref RecordReader record)
    {
        if (record.Type != RecordType.FileEnd)
        {
            int error = file.Take(ref record);
            if (error != 0)
            {
                throw PlaceWriter.Failed(tree, file.Name, error, "written");
            }

            return;
        }

        file.CheckEnd(ref record);
        if (file.File is not null)
        {
            _writer.SetMetadata(tree, file.Name, file.File, file.Metadata!);
        }

        file.Close();
    }

    private void TakeEntry(TargetTree tree, ref RecordReader record)
    {
        switch (record.Type)
        {
            case RecordType.Enter:
                Enter(tree, ref record);
                return;
            case RecordType.Leave:
                Leave(tree, ref record);
                return;
        }

        if (++_entries > options.Limits.MaxEntries)
        {
            throw new FileTreeProtocolException($"at most {options.Limits.MaxEntries} entries in a round", "more", "Raise FileTreeLimits.MaxEntries if the source has as many.");
        }

        if (_skipped > 0)
        {
            Skip(tree, ref record);
            return;
        }

        switch (record.Type)
        {
            case RecordType.Keep:
                Keep(tree, ref record);
                break;
            case RecordType.Remove:
                Note(PlaceWriter.Remove(tree, LastName(ref record)));
                break;
            case RecordType.Directory:
                byte[] directory = record.Name();
                bool fromNothing = record.Flag();
                record.End();
                Note(PlaceWriter.MakeDirectory(tree, directory, fromNothing));
                break;
            case RecordType.Place:
                _writer.SetPlaceMetadata(tree, Metadata(ref record, static type => type == EntryType.Directory));
                break;
            case RecordType.File:
                OpenFile(tree, ref record);
                break;
            case RecordType.SymbolicLink:
                MakeSymbolicLink(tree, ref record);
                break;
            case RecordType.Node:
                MakeNode(tree, ref record);
                break;
            case RecordType.Link:
                Link(tree, ref record);
                break;
            case RecordType.Release:
                record.End();
                tree.Release();
                break;
            case RecordType.Metadata:
                byte[] name = record.Name();
                Note(_writer.SetMetadata(tree, name, Metadata(ref record, static type => type is not (EntryType.RegularFile or EntryType.Directory))));
                break;
            default:
                throw new FileTreeProtocolException("a record of a round", $"{record.Type}");
        }
    }

    private void Enter(TargetTree tree, ref RecordReader record)
    {
        byte[] name = LastName(ref record);
        if (tree.Place.Depth + _skipped >= options.Limits.MaxDepth)
        {
            throw new FileTreeProtocolException($"at most {options.Limits.MaxDepth} directories within each other", "more", "Raise FileTreeLimits.MaxDepth if the source has as many.");
        }

        int error = _skipped > 0 ? Errno.EXDEV : tree.Place.Push(name);
        if (error == Errno.EXDEV)
        {
            _passedOver += _skipped == 0 ? 1 : 0;
            _skipped++;
        }
        else if (error != 0)
        {
            throw PlaceWriter.Failed(tree, name, error, "entered");
        }
    }

    private void Leave(TargetTree tree, ref RecordReader record)
    {
        record.End();
        if (_skipped > 0)
        {
            _skipped--;
        }
        else if (tree.Place.Depth > 0)
        {
            tree.Place.Pop();
        }
        else
        {
            throw new FileTreeProtocolException("a record inside the tree", "a step out of it");
        }
    }

    /// <summary>In a mount of this host nothing is changed; what the source has in it would be lost, so there may be nothing.</summary>
    private static void Skip(TargetTree tree, ref RecordReader record)
    {
        if (record.Type is not (RecordType.Place or RecordType.Remove))
        {
            throw new FileTreeException($"The tree '{tree.Target.Name}' has entries below a directory on which something is mounted here, below {tree.Place.Show()}/. Unmount it until the files are there, or carry it as a tree of its own.");
        }

        _ = record.Rest();
    }

    private static byte[] LastName(ref RecordReader record)
    {
        byte[] name = record.Name();
        record.End();
        return name;
    }

    private static EntryMetadata Metadata(ref RecordReader record, Func<EntryType, bool> isAllowed)
    {
        EntryMetadata metadata = record.Metadata();
        record.End();
        return isAllowed(metadata.Type) ? metadata : throw record.Refuse("metadata of its kind", $"that of {metadata.Type}");
    }
}
