using System.Text.RegularExpressions;
using U2CMigration.Testing;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Tests.Model;

/// <summary>The model of the commit (<c>docs/model</c>, searched by <c>eng/model.sh</c>) speaks of the records that there are.</summary>
public sealed partial class CommitModelTests
{
    private static readonly string Model = File.ReadAllText(RepositoryRoot.File("docs", "model", "commit.pml"));
    private static readonly string Script = File.ReadAllText(RepositoryRoot.File("eng", "model.sh"));

    /// <summary>Nothing is the absence of a record; the other way round, a migration of which nothing is known has none.</summary>
    [Fact]
    public void Records_OfTheModel_AreThoseOfTheLedger()
    {
        string[] records = [.. Names().Match(Model).Groups["names"].Value.Split(',', ' ').Where(static name => name.Length > 0).Select(static name => name == "COMMITTED" ? nameof(MigrationState.Committed) : name)];

        records.Where(static name => name != "Nothing").Should().BeEquivalentTo(Enum.GetNames<MigrationState>().Where(static name => name != nameof(MigrationState.Unknown)));
    }

    /// <summary>A defect that is listed and not in the model would be found missing by the script; one in the model that is not listed, by no one.</summary>
    [Fact]
    public void Defects_InTheModel_AreAllTried()
    {
        IEnumerable<string> macros = Directory.EnumerateFiles(RepositoryRoot.File("docs", "model"), "*.pml")
            .SelectMany(static file => Conditions().Matches(File.ReadAllText(file)).Select(static match => match.Groups["name"].Value))
            .Except(["CRASHES", "POWER_LOSSES", "REPLAY", "REACHES", "HELD_BY_CRIU"]);

        macros.Should().NotBeEmpty().And.OnlyContain(static name => Script.Contains($"    [{name}]='", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"mtype:record = \{(?<names>[^}]*)\}")]
    private static partial Regex Names();

    [GeneratedRegex(@"^#(?:ifn?def|if defined\() ?(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Conditions();
}
