namespace U2CMigration.Core.Tests.Architecture;

/// <summary>What counts as a dependency of a folder, on made-up sources.</summary>
public sealed class FolderGraphTests
{
    private static readonly SourceText Low = new("Low/Bolt.cs", "namespace P.Low;\n\ninternal sealed class Bolt;\ninternal static class BoltCalls\n{\n    public static void Turn(this string bolt) { }\n}\n");

    [Theory]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine(Bolt bolt);")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine\n{\n    string Text => $\"{{}} {(true ? \"}\" : nameof(Bolt))}\";\n}")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine\n{\n    string Text => $$\"\"\"{ } {{nameof(Bolt)}}\"\"\";\n}")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine\n{\n    void Run() => \"a\".Turn();\n}")]
    [InlineData("using One = P.Low.Bolt;\nnamespace P.High;\ninternal sealed class Machine(One bolt);")]
    [InlineData("namespace P.High;\ninternal sealed class Machine(Low.Bolt bolt);")]
    [InlineData("namespace P.High;\ninternal sealed class Machine(P.Low.Bolt bolt);")]
    [InlineData("namespace P.Low;\ninternal sealed class Machine(Bolt bolt);")]
    [InlineData("using P.Low;\nnamespace P.High;\n// '\ninternal sealed class Machine\n{\n    char[] Quotes = ['\"', '\\''];\n    Bolt Bolt = new();\n}")]
    public void ATypeThatCodeNames_IsADependency(string code) =>
        new FolderGraph([Low, new SourceText("High/Machine.cs", code)]).Dependencies.Should().Equal(("High", "Low"));

    [Theory]
    [InlineData("namespace P.High;\ninternal sealed class Machine\n{\n    /// <summary>Holds a <see cref=\"Low.Bolt\"/>.</summary>\n    string Name => \"Low.Bolt\"; // Low.Bolt\n}")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine\n{\n    string Text => $\"Bolt {1} \\\" Bolt\" + @\"\\\" + \"\"\"a \" Bolt\"\"\";\n}")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal enum Machine\n{\n    Screw = 1,\n    /// <summary>A bolt.</summary>\n    [Obsolete] Bolt,\n}")]
    [InlineData("using P.Other;\nnamespace P.High;\ninternal sealed class Machine(Bolt bolt);")]
    [InlineData("using P.Low;\nnamespace P.High;\ninternal sealed class Machine\n{\n    int Run(Machine other) => other.Bolt;\n}")]
    public void WordsAndOtherNames_AreNone(string code) =>
        new FolderGraph([Low, new SourceText("High/Machine.cs", code)]).Dependencies.Should().BeEmpty();

    [Fact]
    public void TheShortestCycle_IsFound_WithWhatMakesIt()
    {
        var graph = new FolderGraph(
        [
            new SourceText("A/A1.cs", "using P.B;\nnamespace P.A;\nclass A1(B1 b);"),
            new SourceText("B/B1.cs", "using P.C;\nnamespace P.B;\nclass B1(C1 c);"),
            new SourceText("C/C1.cs", "using P.A;\nusing P.D;\nnamespace P.C;\nclass C1(A1 a, D1 d);"),
            new SourceText("D/D1.cs", "using P.C;\nnamespace P.D;\nclass D1(C1 c);"),
        ]);

        graph.ShortestCycle().Should().Equal("C", "D", "C");
        graph.Why("C", "D").Should().Be("  C/C1.cs uses D1");
    }
}
