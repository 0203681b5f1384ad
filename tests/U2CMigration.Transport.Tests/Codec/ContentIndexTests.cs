using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class ContentIndexTests
{
    private readonly SentPages _sent = new();

    [Fact]
    public void TryFind_ManyContents_FindsMostAndNoOther()
    {
        const int Pages = 20_000;
        var index = new ContentIndex(_sent);
        for (int i = 0; i < Pages; i++)
        {
            SentChunk chunk = _sent.For(1, (ulong)i << 12);
            index.Add(HashOf(i), chunk, i % SentChunk.Pages);
            chunk.Set(i % SentChunk.Pages, HashOf(i));
        }

        int found = 0;
        for (int i = 0; i < Pages; i++)
        {
            if (index.TryFind(HashOf(i), out SentChunk chunk, out int page))
            {
                found++;
                chunk.AddressOf(page).Should().Be((ulong)i << 12);
            }
        }

        // Contents that share all their places drive each other out.
        found.Should().BeGreaterThan(Pages * 98 / 100);
        index.TryFind(HashOf(Pages + 1), out _, out _).Should().BeFalse();
    }

    [Fact]
    public void TryFind_PageForgotten_IsNotFound()
    {
        var index = new ContentIndex(_sent);
        SentChunk chunk = _sent.For(1, 0);
        index.Add(HashOf(1), chunk, 0);
        chunk.Set(0, HashOf(1));

        chunk.Forget(0);

        index.TryFind(HashOf(1), out _, out _).Should().BeFalse();
    }

    // Spread as checksums are.
    private static UInt128 HashOf(int content) => new((ulong)content, (ulong)content * 0x9e37_79b9_7f4a_7c15 >> 7);
}
