using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class SentPagesTests
{
    private readonly SentPages _sent = new();

    [Fact]
    public void For_PagesOfOneChunk_AreTogether() =>
        _sent.For(1, 0x7f00_001f_f000).Should().BeSameAs(_sent.For(1, 0x7f00_0000_0000));

    [Fact]
    public void For_OtherProcess_IsAnotherChunk() => _sent.For(1, 0).Should().NotBeSameAs(_sent.For(2, 0));

    [Fact]
    public void Remove_Chunk_IsUsedAgainEmpty()
    {
        SentChunk chunk = _sent.For(1, 0);
        chunk.Set(3, 7);
        chunk.SetBase(3, 1);
        _sent.Remove(chunk);

        SentChunk next = _sent.For(2, 0x20_0000);

        (next.IsKnown(3), next.BaseOf(3), next.Start, _sent.Chunks.Count).Should().Be((false, -1, 0x20_0000UL, 1));
        next.Should().BeSameAs(chunk);
    }

    [Fact]
    public void Overlapping_Range_GivesTheChunksItTouches()
    {
        foreach (ulong start in (ulong[])[0, 0x20_0000, 0x40_0000])
        {
            _sent.For(1, start);
            _sent.For(2, start);
        }

        _sent.Overlapping(1, 0x3f_f000, 0x40_0000).Select(c => c.Start).Should().Equal(0x20_0000UL);
    }
}
