namespace U2CMigration.Files;

/// <summary>What the comparison of both sides' trees came to.</summary>
/// <param name="Entries">Entries that were compared: kind, rights, owner, time, attributes, links and contents.</param>
/// <param name="Mismatched">Entries that differ.</param>
/// <param name="Names">The paths of those that differ, below the name of their tree; at most a hundred.</param>
public sealed record FileTreeVerification(long Entries, long Mismatched, IReadOnlyList<string> Names)
{
    /// <summary>Whether both sides have the same.</summary>
    public bool IsEqual => Mismatched == 0;
}
