namespace U2CMigration.Testing.Showing;

/// <summary>A row of <c>docs/what-moves.md</c> for something that the inventory finds: what it is, the remedy and the option are those of the finding.</summary>
/// <param name="kind">The part of the document.</param>
/// <param name="finding">The name of the kind of finding (FindingKind).</param>
/// <param name="outcome">What becomes of it.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ShowsFindingAttribute(Kind kind, string finding, Outcome outcome) : Attribute
{
    /// <summary>The part of the document.</summary>
    public Kind Kind => kind;

    /// <summary>The name of the kind of finding.</summary>
    public string Finding => finding;

    /// <summary>What becomes of it.</summary>
    public Outcome Outcome => outcome;

    /// <summary>What to know about it; a sentence, or empty.</summary>
    public string Because { get; init; } = "";
}
