namespace U2CMigration.Core.Inventory;

/// <summary>What is the same for all findings of a kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Title">What it is, for the documentation.</param>
/// <param name="Remedy">What helps, a sentence.</param>
/// <param name="Allows">By what it may be given up.</param>
/// <param name="Option">Another option that makes it move; empty for none.</param>
internal sealed record FindingRule(FindingKind Kind, string Title, string Remedy, GiveUp Allows = GiveUp.None, string Option = "")
{
    /// <summary>The options that help, of the library and of the agent.</summary>
    public string Options => string.Join("; ", ((string[])[Option, Allows == GiveUp.None ? "" : $"GiveUp.{Allows} (agent: --allow {GiveUpNames.Of(Allows)})"]).Where(static text => text.Length > 0));
}
