using U2CMigration.Files.Entries;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>An entry of the source's tree: what it is now, and what the destination has under its name.</summary>
internal sealed class Node(byte[] name, Node? parent)
{
    /// <summary>Its name, with a zero; empty for the root.</summary>
    public byte[] Name { get; } = name;

    public Node? Parent { get; } = parent;

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>What the last walk saw.</summary>
    public FileStamp Now { get; set; }

    /// <summary>What it is now, whiteouts told apart.</summary>
    public EntryType Type { get; set; }

    /// <summary>How many names it has.</summary>
    public uint Links { get; set; }

    /// <summary>The number of the last walk that saw it.</summary>
    public int SeenIn { get; set; } = -1;

    /// <summary>What the destination has under the name; none if nothing.</summary>
    public EntryType SentAs { get; set; }

    /// <summary>For directories.</summary>
    public DirectoryState? Directory { get; set; }

    /// <summary>For all others, what the destination has.</summary>
    public FileContent? Content { get; set; }

    /// <summary>For all others, what the last walk found that the destination needs.</summary>
    public FileContent? Wanted { get; set; }

    /// <summary>Whether it is read through the whole overlay, as the upper folder does not have what is in it.</summary>
    public bool ReadsMerged { get; set; }

    /// <summary>The path, for people.</summary>
    public string Show()
    {
        var names = new List<string>();
        for (Node? node = this; node?.Parent is not null; node = node.Parent)
        {
            names.Add("/" + NameBytes.Show(NameBytes.WithoutZero(node.Name)));
        }

        names.Reverse();
        return names.Count == 0 ? "/" : string.Concat(names);
    }
}
