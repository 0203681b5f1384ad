using U2CMigration.Files.Entries;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>What is remembered of a directory.</summary>
internal sealed class DirectoryState
{
    /// <summary>Its entries by name, with a zero.</summary>
    public Dictionary<byte[], Node> Children { get; } = new(NameComparer.Instance);

    /// <summary>What it was when its metadata was sent.</summary>
    public FileStamp Sent { get; set; }

    /// <summary>Whether its times may not show the next change.</summary>
    public bool IsInDoubt { get; set; } = true;

    /// <summary>Whether it hides what the image has under the name.</summary>
    public bool IsOpaque { get; set; }

    /// <summary>Whether it is another directory of the image, renamed.</summary>
    public bool IsRedirected { get; set; }

    /// <summary>The same as it was sent.</summary>
    public bool WasSentOpaque { get; set; }

    /// <summary>The round in which it is made from nothing, with all that is in it.</summary>
    public int RemadeIn { get; set; } = -1;

    /// <summary>What is passed over in it.</summary>
    public ExcludedNames? Excluded { get; set; }
}
