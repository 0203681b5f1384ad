using U2CMigration.Core.Inventory;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class FindingTests
{
    [Fact]
    public void Rules_EveryKind_HasOne() => FindingRules.All.Select(static rule => rule.Kind).Should().BeEquivalentTo(Enum.GetValues<FindingKind>());

    [Fact]
    public void Rules_EveryRemedy_IsASentence() => FindingRules.All.Should().OnlyContain(static rule => rule.Remedy.EndsWith('.') && char.IsUpper(rule.Remedy[0]));

    [Fact]
    public void Names_OfEveryValue_ReadBack()
    {
        foreach (GiveUp value in Enum.GetValues<GiveUp>())
        {
            GiveUpNames.Parse(GiveUpNames.Of(value), out GiveUp read).Should().BeNull();
            read.Should().Be(value);
        }
    }

    [Fact]
    public void Parse_Several_GivesAll()
    {
        GiveUpNames.Parse("outside-pipes, local-connections", out GiveUp value).Should().BeNull();

        value.Should().Be(GiveUp.OutsidePipes | GiveUp.LocalConnections);
    }

    [Fact]
    public void Parse_UnknownName_NamesIt() => GiveUpNames.Parse("outside-pipes,everything", out _).Should().Be("everything");

    [Fact]
    public void Sentences_ManyOfAKind_AreCounted()
    {
        IReadOnlyList<string> sentences = FindingSentences.Of(Enumerable.Range(1, 12).Select(Finding), FindingSeverity.Refused);

        sentences.Should().HaveCount(6);
        sentences[0].Should().Be("Process 1 (web) has descriptor 1, pipe:[1]: it is open elsewhere. Close it. Option: --allow.");
        sentences[^1].Should().StartWith("There are 7 more of this kind");
    }

    private static InventoryFinding Finding(int number) => new()
    {
        Kind = FindingKind.OutsidePipe, Severity = FindingSeverity.Refused, ProcessId = number, ProcessName = "web", Thing = $"descriptor {number}, pipe:[{number}]", Reason = "it is open elsewhere",
        Remedy = "Close it.", Option = "--allow",
    };
}
