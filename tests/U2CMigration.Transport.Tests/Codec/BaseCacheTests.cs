using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class BaseCacheTests
{
    private readonly SentChunk _chunk = new(0);
    private readonly BaseCache _cache = new(4 * PageBatch.PageBytes);

    [Fact]
    public void Keep_FreeSlot_GivesTheContentBack()
    {
        _cache.Keep(_chunk, 5, Contents.Random(1), cameAgain: false);

        _cache.Find(_chunk, 5).ToArray().Should().Equal(Contents.Random(1));
    }

    [Fact]
    public void Keep_FirstTimeAndFull_DrivesNothingOut()
    {
        Fill(cameAgain: false);

        _cache.Keep(_chunk, 9, Contents.Random(9), cameAgain: false);

        Held(9).Should().BeFalse();
        Enumerable.Range(0, 4).Should().OnlyContain(page => Held(page));
    }

    [Fact]
    public void Keep_CameAgainAndFull_DrivesOutOneThatDidNot()
    {
        Fill(cameAgain: false);
        _cache.Touch(_chunk, 0);

        _cache.Keep(_chunk, 9, Contents.Random(9), cameAgain: true);

        (Held(0), Held(1), Held(9), _cache.Evicted).Should().Be((true, false, true, 1));
    }

    [Fact]
    public void Keep_AllCameAgain_StillFindsRoom()
    {
        Fill(cameAgain: true);

        _cache.Keep(_chunk, 9, Contents.Random(9), cameAgain: true);

        Held(9).Should().BeTrue();
        Enumerable.Range(0, 4).Count(Held).Should().Be(3);
    }

    [Fact]
    public void Drop_Base_MakesRoom()
    {
        Fill(cameAgain: false);

        _cache.Drop(_chunk, 2);
        _cache.Keep(_chunk, 9, Contents.Random(9), cameAgain: false);

        (Held(2), Held(9), _cache.Evicted).Should().Be((false, true, 0));
    }

    private bool Held(int page) => !_cache.Find(_chunk, page).IsEmpty;

    private void Fill(bool cameAgain)
    {
        for (int page = 0; page < 4; page++)
        {
            _cache.Keep(_chunk, page, Contents.Random(page), cameAgain);
        }
    }
}
