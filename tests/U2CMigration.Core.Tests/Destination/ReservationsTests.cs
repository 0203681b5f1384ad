using U2CMigration.Core.Destination;

namespace U2CMigration.Core.Tests.Destination;

public sealed class ReservationsTests
{
    [Fact]
    public void Limit_MemoryInformation_IsMemoryAndSwap() => Reservations.Limit("""
        MemTotal:       24030664 kB
        MemFree:        23000000 kB
        SwapTotal:       1000000 kB
        SwapFree:        1000000 kB
        """u8).Should().Be((24030664L + 1000000) * 1024);

    [Fact]
    public void Limit_NoSwapLine_IsMemoryAlone() => Reservations.Limit("MemTotal:  100 kB\n"u8).Should().Be(102400);
}
