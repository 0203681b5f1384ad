namespace U2CMigration.Files;

/// <summary>What becomes of entries that a destination has before the first round.</summary>
public enum ExistingEntries
{
    /// <summary>The tree is refused: nothing of this host is lost by a mistaken path.</summary>
    Refuse = 0,

    /// <summary>They are removed, which cannot be undone: for volumes that a runtime has just made and filled from an image.</summary>
    Replace = 1,
}
