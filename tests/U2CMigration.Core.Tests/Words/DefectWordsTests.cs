using U2CMigration.Core.Words;

namespace U2CMigration.Core.Tests.Words;

public sealed class DefectWordsTests
{
    private static readonly Guid Migration = Guid.Parse("0123456789abcdef0123456789abcdef");

    /// <summary>Our mistake is not the caller's: it is called one, and everything is named that helps to find it.</summary>
    [Fact]
    public void Explain_ExceptionOfOurs_NamesVersionMigrationFileAndEvent() =>
        DefectWords.Explain(new ArgumentException("Not a run of pages."), Migration, "phase PreCopy", "/run/u2cmigration/x.defect.log", 1005).Should()
            .MatchRegex(@"^This is a mistake in U2CMigration \d+\.\d+.*: ArgumentException \(Not a run of pages\) in phase PreCopy of migration 01234567-89ab-.* report it with /run/u2cmigration/x\.defect\.log and the event 1005 of the log\.$");

    [Fact]
    public void Details_ExceptionOfOurs_HaveWhereItWasThrown()
    {
        Action odd = static () => throw new InvalidOperationException("odd");
        InvalidOperationException thrown = odd.Should().Throw<InvalidOperationException>().Which;
        DefectWords.Details(thrown, Migration, "phase PreCopy").Should().Contain("InvalidOperationException: odd").And.Contain(nameof(Details_ExceptionOfOurs_HaveWhereItWasThrown)).And.Contain(".NET");
    }
}
