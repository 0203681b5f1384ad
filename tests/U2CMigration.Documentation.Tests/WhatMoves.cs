using System.Text;
using U2CMigration.Core.Inventory;
using U2CMigration.Testing.Showing;

namespace U2CMigration.Documentation.Tests;

/// <summary>Writes <c>docs/what-moves.md</c> from the rows.</summary>
internal static class WhatMoves
{
    private const string Head = """
        # What moves, what does not, and why

        Written by `eng/what-moves.sh` from the tests: each row names the test that shows it, and a test fails when this document says something else than the tests.

        | outcome | means |
        | --- | --- |
        | moved | it is at the destination as it was |
        | carried beside | the same; CRIU's images do not have it or have it wrong, so it travels beside them ([0017](decisions/0017-what-the-images-leave-out.md)) |
        | left behind, named | the workload moves without it, and the result names or counts it |
        | given up if allowed | refused before anything is touched; with the option the workload moves without it, and the result names it |
        | moved with an option | refused before anything is touched; moves with the option |
        | refused | before anything is touched, with process, thing and remedy |
        | rolled back | found in the freeze; the workload runs on at the source |

        `MigrationAgent check --pid N` says which of these a workload has ([inventory.md](inventory.md)).
        """;

    private const string Unshown = "Refused as well, but shown by no test: ";

    private static readonly Dictionary<Outcome, string> Words = new()
    {
        [Outcome.Moved] = "moved",
        [Outcome.CarriedBeside] = "carried beside",
        [Outcome.LeftBehindAndNamed] = "left behind, named",
        [Outcome.GivenUpIfAllowed] = "given up if allowed",
        [Outcome.MovedWithAnOption] = "moved with an option",
        [Outcome.Refused] = "refused",
        [Outcome.RolledBack] = "rolled back",
    };

    /// <summary>The document.</summary>
    public static string Write(IReadOnlyList<Row> rows, IReadOnlySet<FindingKind> findings)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (IGrouping<Kind, Row> part in rows.GroupBy(static row => row.Kind))
        {
            text.Append($"\n## {part.Key}\n| what | outcome | to know | remedy | option | shown by |\n| --- | --- | --- | --- | --- | --- |\n");
            foreach (IGrouping<(string, Outcome), Row> same in part.GroupBy(static row => (row.Thing, row.Outcome)))
            {
                Row row = same.First();
                string because = string.Join(' ', same.Select(static one => one.Because).Where(static one => one.Length > 0).Distinct());
                text.Append($"| {row.Thing} | {Words[row.Outcome]} | {Cell(because)} | {Cell(row.Remedy)} | {Cell(row.Option)} | {string.Join(", ", same.Select(static one => one.Test.Name).Distinct())} |\n");
            }
        }

        FindingRule[] unshown = [.. FindingRules.All.Where(rule => !findings.Contains(rule.Kind))];
        if (unshown.Length > 0)
        {
            text.Append($"\n{Unshown}{string.Join("; ", unshown.Select(static rule => $"{rule.Title} ({rule.Remedy.TrimEnd('.')})"))}.\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.Length == 0 ? "-" : text.Replace("|", "\\|", StringComparison.Ordinal);
}
