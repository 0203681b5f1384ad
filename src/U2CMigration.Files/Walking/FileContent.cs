using U2CMigration.Files.Entries;

namespace U2CMigration.Files.Walking;

/// <summary>What tells an inode from another, and from one that had its number before.</summary>
/// <param name="Device">Its file system.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Type">What it is.</param>
/// <param name="Fixed">What cannot be changed in it: the numbers of a device, or a hash of where a link leads.</param>
internal readonly record struct ContentKey(ulong Device, ulong Inode, EntryType Type, ulong Fixed);

/// <summary>An inode that is no directory, under all its names: what the destination has of it.</summary>
internal sealed class FileContent(ContentKey key)
{
    private Node? _name;
    private List<Node>? _moreNames;

    public ContentKey Key { get; } = key;

    /// <summary>What it was when it was sent.</summary>
    public FileStamp Sent { get; set; }

    /// <summary>Whether its times may not show the next change, or it was changed while it was read.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>A hash of the metadata that was sent, attributes among them.</summary>
    public ulong SentMetadata { get; set; }

    /// <summary>For regular files.</summary>
    public BlockHashes? Blocks { get; set; }

    /// <summary>The number under which the destination keeps it for further names in a round; 0 for none.</summary>
    public uint KeptAs { get; set; }

    /// <summary>How many new names of a round want it.</summary>
    public int WantedNames { get; set; }

    /// <summary>The last round that brought it up to date.</summary>
    public int DoneIn { get; set; } = -1;

    /// <summary>A name under which the destination has it; null if it does not.</summary>
    public Node? AnyName => _name;

    public void AddName(Node node)
    {
        if (_name is null)
        {
            _name = node;
        }
        else
        {
            (_moreNames ??= []).Add(node);
        }
    }

    public void RemoveName(Node node)
    {
        if (!ReferenceEquals(_name, node))
        {
            _moreNames?.Remove(node);
            return;
        }

        _name = null;
        if (_moreNames is { Count: > 0 })
        {
            _name = _moreNames[^1];
            _moreNames.RemoveAt(_moreNames.Count - 1);
        }
    }
}
