using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class EncodingTrialTests
{
    private readonly EncodingTrial _trial = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(1e9, true)]
    [InlineData(3e9, false)]
    public void Pays_OneMicrosecondForTwoThousandBytes_DependsOnTheLink(double bytesPerSecond, bool pays)
    {
        Try(64, 1e-6, 2000);

        _trial.Pays(bytesPerSecond).Should().Be(pays);
    }

    [Fact]
    public void Pays_TriedTooLittle_IsAssumed()
    {
        Try(63, 1, 0);

        _trial.Pays(1e9).Should().BeTrue();
    }

    /// <summary>One microsecond is 25 bytes or 500.</summary>
    [Theory]
    [InlineData(25e6, true)]
    [InlineData(500e6, false)]
    public void Pays_NothingWasSaved_DependsOnWhetherTheLinkTakesMuchLonger(double bytesPerSecond, bool pays)
    {
        Try(64, 1e-6, 0);

        _trial.Pays(bytesPerSecond).Should().Be(pays);
    }

    [Fact]
    public void Pays_ContentChanged_IsNoticed()
    {
        Try(10_000, 1e-6, 0);

        Try(300, 1e-6, 3000);

        _trial.Pays(1e9).Should().BeTrue();
    }

    [Fact]
    public void Pays_OneTryWasInterrupted_IsStillGranted()
    {
        Try(64, 1e-6, 2000);

        Try(1, 10e-3, 2000);

        _trial.Pays(1e9).Should().BeTrue();
    }

    /// <summary>By a coarse clock.</summary>
    [Fact]
    public void Pays_FirstTryTookNoTime_LaterOnesCount()
    {
        Try(1, 0, 0);

        Try(300, 1e-6, 0);

        _trial.Pays(1e9).Should().BeFalse();
    }

    private void Try(int times, double seconds, int savedBytes)
    {
        for (int i = 0; i < times; i++)
        {
            _trial.Add(seconds, savedBytes);
        }
    }
}
