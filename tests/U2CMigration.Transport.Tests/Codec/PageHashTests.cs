using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Codec;

public sealed class PageHashTests
{
    [Fact]
    public void Checksum_AnyPage_IsThatOfTheProtocol()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            PageHash.Checksum(PageHash.Of(Contents.Random(seed))).Should().Be(PageChecksum.Of(Contents.Random(seed)));
        }

        PageHash.Checksum(PageHash.Zero).Should().Be(PageChecksum.Zero);
    }
}
