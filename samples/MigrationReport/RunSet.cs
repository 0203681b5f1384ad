namespace MigrationReport;

/// <summary>Several migrations with their summary, as <c>--repeat</c> and comparisons write them.</summary>
public sealed record RunSet
{
    public required IReadOnlyList<RunReport> Runs { get; init; }

    public required IReadOnlyList<SummaryRow> Summary { get; init; }

    public static RunSet Of(IReadOnlyList<RunReport> runs) => new() { Runs = runs, Summary = SummaryRow.Summarise(runs) };
}
