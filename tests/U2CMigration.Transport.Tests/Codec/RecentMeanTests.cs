using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class RecentMeanTests
{
    [Fact]
    public void Value_NothingAdded_IsWhatWasGiven() => new RecentMean(7).Value.Should().Be(7);

    [Fact]
    public void Value_FewValues_IsTheirMean()
    {
        var mean = new RecentMean(7);
        mean.Add(1);
        mean.Add(2);
        mean.Add(6);

        mean.Value.Should().BeApproximately(3, 1e-9);
    }

    [Fact]
    public void Value_ManyOthersLater_ForgetsTheFirst()
    {
        var mean = new RecentMean(0, memory: 10);
        mean.Add(1e6);
        for (int i = 0; i < 300; i++)
        {
            mean.Add(5);
        }

        mean.Value.Should().BeApproximately(5, 1e-3);
    }
}
