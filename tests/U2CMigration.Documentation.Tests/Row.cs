using U2CMigration.Testing.Showing;

namespace U2CMigration.Documentation.Tests;

/// <summary>A row of the table: a thing, what becomes of it, and the test that shows it.</summary>
/// <param name="Kind">The part of the document.</param>
/// <param name="Thing">What a workload has.</param>
/// <param name="Outcome">What becomes of it.</param>
/// <param name="Because">What to know about it.</param>
/// <param name="Remedy">What helps.</param>
/// <param name="Option">The option by which it moves or is given up.</param>
/// <param name="Test">The test.</param>
internal sealed record Row(Kind Kind, string Thing, Outcome Outcome, string Because, string Remedy, string Option, ShowingTest Test);
