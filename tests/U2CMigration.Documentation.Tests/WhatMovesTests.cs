using System.Text.RegularExpressions;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.Documentation.Tests;

/// <summary>The table for users says what the tests show, and nothing else.</summary>
public sealed partial class WhatMovesTests
{
    private static readonly string Document = RepositoryRoot.File("docs", "what-moves.md");

    public static TheoryData<Kind> Kinds => new(Enum.GetValues<Kind>());

    /// <summary>With <c>U2C_WRITE_DOCS=1</c> it is written instead: <c>eng/what-moves.sh</c>.</summary>
    [Fact]
    public void Document_SaysWhatTheTestsShow()
    {
        string expected = WhatMoves.Write(Rows.All, Rows.Findings);
        if (Environment.GetEnvironmentVariable("U2C_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Document, expected);
        }

        File.ReadAllText(Document).Should().Be(expected, "eng/what-moves.sh writes it");
    }

    /// <summary>A row whose test never runs says nothing.</summary>
    [Fact]
    public void Rows_Tests_CanRun() => Rows.All.Where(static row => row.Test.Problem is not null).Select(static row => $"{row.Test.Name} {row.Test.Problem}").Should().BeEmpty();

    [Fact]
    public void Rows_OfOneThing_DoNotContradictEachOther() =>
        Rows.All.GroupBy(static row => row.Thing).Where(static same => same.Select(static row => row.Outcome).Distinct().Count() > 1).Select(static same => same.Key).Should().BeEmpty();

    /// <summary>What is refused says what helps; what an option decides names it.</summary>
    [Fact]
    public void Rows_ThatDoNotMove_SayWhatHelps()
    {
        Rows.All.Where(static row => row.Outcome is Outcome.Refused or Outcome.RolledBack && row.Remedy.Length == 0).Select(static row => row.Thing).Should().BeEmpty();
        Rows.All.Where(static row => row.Outcome is Outcome.GivenUpIfAllowed or Outcome.MovedWithAnOption && row.Option.Length == 0).Select(static row => row.Thing).Should().BeEmpty();
        Rows.All.Where(static row => row.Outcome is Outcome.Moved or Outcome.CarriedBeside && row.Option.Length > 0).Select(static row => row.Thing).Should().BeEmpty();
    }

    [Fact]
    public void Rows_Sentences_EndLikeSentences() =>
        Rows.All.SelectMany(static row => (string[])[row.Because, row.Remedy]).Where(static text => text.Length > 0 && !(text.EndsWith('.') && char.IsUpper(text[0]))).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_EveryKind_HasSome(Kind kind) => Rows.All.Should().Contain(row => row.Kind == kind);

    /// <summary>An option that the table names is one of the agent.</summary>
    [Fact]
    public void Rows_Options_Exist()
    {
        string agent = string.Concat(Directory.EnumerateFiles(RepositoryRoot.File("samples", "MigrationAgent"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Rows.All.SelectMany(static row => AgentOption().Matches(row.Option)).Select(static match => match.Value).Distinct()
            .Where(option => !agent.Contains($"\"{option}\"", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex AgentOption();
}
