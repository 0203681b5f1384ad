using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class LinkCapacityTests
{
    private const double ThirtyMbit = 30e6 / 8;

    private readonly LinkCapacity _capacity = new();
    private long _bytes;
    private long _busy;
    private long _limited;

    [Fact]
    public void BytesPerSecond_LinkThatIsWaitedFor_IsWhatItCarries()
    {
        for (int i = 0; i < 20; i++)
        {
            Cross(ThirtyMbit, 0.1);
        }

        _capacity.BytesPerSecond.Should().BeApproximately(ThirtyMbit, 1);
    }

    [Fact]
    public void BytesPerSecond_SmallPagesThatLeaveTheLinkIdle_SaysNothing()
    {
        for (int i = 0; i < 1000; i++)
        {
            Cross(1e6, 0.1, hasUnsent: false);
        }

        _capacity.BytesPerSecond.Should().Be(0);
    }

    /// <summary>Whole pages waited for the link in the first pass; what small ones took afterwards is not the link's.</summary>
    [Fact]
    public void BytesPerSecond_SmallPagesAfterWholeOnes_IsThatOfTheWholeOnes()
    {
        for (int i = 0; i < 1000; i++)
        {
            Cross(i < 10 ? 1e9 : 1e6, 0.1, hasUnsent: i < 10);
        }

        _capacity.BytesPerSecond.Should().BeApproximately(1e9, 1);
    }

    /// <summary>Between two looks nobody can know: a span with a moment in it in which nothing waited counts for nothing.</summary>
    [Fact]
    public void BytesPerSecond_NothingWaitedInBetween_IsNoSpan()
    {
        for (int i = 0; i < 100; i++)
        {
            Cross(1e6, 0.03, hasUnsent: i % 2 == 0);
        }

        _capacity.BytesPerSecond.Should().Be(0);
    }

    [Fact]
    public void BytesPerSecond_PeerThatDoesNotRead_SaysNothing()
    {
        for (int i = 0; i < 100; i++)
        {
            _limited += 50_000;
            Cross(1e6, 0.1);
        }

        _capacity.BytesPerSecond.Should().Be(0);
    }

    /// <summary>The time in which the peer had no room is taken out.</summary>
    [Fact]
    public void BytesPerSecond_PeerThatPausesNowAndThen_IsThatOfTheLink()
    {
        for (int i = 0; i < 20; i++)
        {
            _limited += 20_000;
            Cross(8e6, 0.1);
        }

        _capacity.BytesPerSecond.Should().BeApproximately(10e6, 1);
    }

    /// <summary>A bucket of tokens that filled while nothing was sent, or a machine that was busy for once.</summary>
    [Theory]
    [InlineData(1e9)]
    [InlineData(1e4)]
    public void BytesPerSecond_SomeSpansUnlikeTheOthers_AreNotBelieved(double outlier)
    {
        for (int i = 0; i < 15; i++)
        {
            Cross(i % 3 == 0 ? outlier : ThirtyMbit, 0.1);
        }

        _capacity.BytesPerSecond.Should().BeApproximately(ThirtyMbit, 1);
    }

    [Fact]
    public void BytesPerSecond_LinkThatSlowsDown_Follows()
    {
        for (int i = 0; i < 40; i++)
        {
            Cross(i < 20 ? 1e9 : ThirtyMbit, 0.1);
        }

        _capacity.BytesPerSecond.Should().BeApproximately(ThirtyMbit, 1);
    }

    /// <summary>However late and however rarely one looks: bytes and time are the kernel's.</summary>
    [Fact]
    public void BytesPerSecond_LooksThatAreHeldUp_ChangeNothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            Cross(ThirtyMbit, Math.Pow(10, (random.NextDouble() * 6) - 5));
        }

        _capacity.BytesPerSecond.Should().BeApproximately(ThirtyMbit, ThirtyMbit / 1000);
    }

    private void Cross(double bytesPerSecond, double seconds, bool hasUnsent = true)
    {
        if (_bytes == 0)
        {
            _capacity.Observe(new TcpCounters(0, 0, 0, hasUnsent));
        }

        _bytes += (long)(bytesPerSecond * seconds);
        _busy += (long)(seconds * 1e6);
        _capacity.Observe(new TcpCounters(_bytes, _busy, _limited, hasUnsent));
    }
}
