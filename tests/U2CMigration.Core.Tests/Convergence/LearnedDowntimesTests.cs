using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class LearnedDowntimesTests : IDisposable
{
    private static readonly TimeSpan[] Parts = StateCost.PartsOf(new StateInventory(1, 3, 60, 12, 4, 2, 1 << 20), 125e6);
    private static readonly TimeSpan First = DowntimeModel.Untaught().Expect(Parts);

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-downtimes").FullName;

    [Fact]
    public void Find_LearnedBySomebodyElse_IsKnown()
    {
        for (int i = 0; i < 4; i++)
        {
            new LearnedDowntimes(_directory).Note("b/", Parts, First * 0.5);
        }

        DowntimeModel known = new LearnedDowntimes(_directory).Find("b/");

        known.Migrations.Should().Be(4);
        (known.Expect(Parts) / First).Should().BeLessThan(0.7);
    }

    [Fact]
    public void Find_NewDestination_BeginsWithWhatOthersTook()
    {
        for (int i = 0; i < 4; i++)
        {
            new LearnedDowntimes(_directory).Note("b/", Parts, First * 0.5);
        }

        (new LearnedDowntimes(_directory).Find("c/").Expect(Parts) / First).Should().BeLessThan(0.7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"*\":null}")]
    [InlineData("{\"*\":{\"Factors\":[1],\"Covariance\":[1]}}")]
    public void Find_DamagedFile_BeginsWithTheFirstGuess(string content)
    {
        File.WriteAllText(Path.Combine(_directory, "downtimes.json"), content);

        new LearnedDowntimes(_directory).Find("b/").Migrations.Should().Be(0);
        new LearnedDowntimes(_directory).Note("b/", Parts, First);
        new LearnedDowntimes(_directory).Find("b/").Migrations.Should().Be(1);
    }

    [Fact]
    public void Note_ManyDestinations_ForgetsTheOldest()
    {
        for (int i = 0; i < 300; i++)
        {
            new LearnedDowntimes(_directory).Note($"{i}/", Parts, First);
        }

        new LearnedDowntimes(_directory).Find("299/").Migrations.Should().Be(1);
        new FileInfo(Path.Combine(_directory, "downtimes.json")).Length.Should().BeLessThan(1 << 20);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
