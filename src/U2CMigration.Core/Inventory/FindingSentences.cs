namespace U2CMigration.Core.Inventory;

/// <summary>Findings as sentences, the same kind not more often than is of use.</summary>
internal static class FindingSentences
{
    private const int MostOfAKind = 5;

    /// <summary>The sentences of one severity.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<InventoryFinding> findings, FindingSeverity severity)
    {
        var sentences = new List<string>();
        foreach (IGrouping<FindingKind, InventoryFinding> kind in findings.Where(finding => finding.Severity == severity).GroupBy(static finding => finding.Kind))
        {
            sentences.AddRange(kind.Take(MostOfAKind).Select(static finding => finding.Sentence));
            if (kind.Count() - MostOfAKind is > 0 and var more)
            {
                sentences.Add($"There are {more} more of this kind ({kind.Key}); MigrationSession.CheckAsync (agent: check --pid) lists all.");
            }
        }

        return sentences;
    }
}
