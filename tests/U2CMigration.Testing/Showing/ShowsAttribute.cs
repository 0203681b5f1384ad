namespace U2CMigration.Testing.Showing;

/// <summary>A row of <c>docs/what-moves.md</c>: the test shows what becomes of something that workloads have. <c>eng/what-moves.sh</c> writes the document.</summary>
/// <param name="kind">The part of the document.</param>
/// <param name="thing">What a workload has, as a user would name it.</param>
/// <param name="outcome">What becomes of it.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ShowsAttribute(Kind kind, string thing, Outcome outcome) : Attribute
{
    /// <summary>The part of the document.</summary>
    public Kind Kind => kind;

    /// <summary>What a workload has.</summary>
    public string Thing => thing;

    /// <summary>What becomes of it.</summary>
    public Outcome Outcome => outcome;

    /// <summary>Why, or what to know about it; a sentence, or empty.</summary>
    public string Because { get; init; } = "";

    /// <summary>What helps; a sentence, or empty.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>The option by which it moves, or is given up; empty for none.</summary>
    public string Option { get; init; } = "";

    /// <summary>What the kernel must have for the test to run; empty where every supported kernel has it.</summary>
    public string Needs { get; init; } = "";
}
