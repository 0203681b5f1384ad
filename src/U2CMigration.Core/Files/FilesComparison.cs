namespace U2CMigration.Core.Files;

/// <summary>What a comparison of files on both hosts came to.</summary>
/// <param name="Entries">Entries that were compared.</param>
/// <param name="Mismatched">Entries that differ.</param>
/// <param name="Names">The first of them.</param>
public sealed record FilesComparison(long Entries, long Mismatched, IReadOnlyList<string> Names);
