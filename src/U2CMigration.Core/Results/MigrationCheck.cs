namespace U2CMigration.Core.Inventory;

/// <summary>What a check of a migration found; nothing was touched for it.</summary>
public sealed record MigrationCheck
{
    /// <summary>What was found in the workload, in the order of the processes.</summary>
    public required IReadOnlyList<InventoryFinding> Findings { get; init; }

    /// <summary>What else stands in the way, on this host or at the destination, a sentence each that names the remedy.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Things worth knowing that do not stop a migration.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>How long looking through the workload took; the same look is taken again before the freeze.</summary>
    public required TimeSpan InventoryTime { get; init; }

    /// <summary>Whether the destination was asked, and answered.</summary>
    public required bool IsDestinationAsked { get; init; }

    /// <summary>Whether a migration with these options would be refused.</summary>
    public bool IsRefused => Problems.Count > 0 || Findings.Any(static finding => finding.Severity == FindingSeverity.Refused);
}
