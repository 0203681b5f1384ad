using System.Globalization;
using U2CMigration.Core.Freezing;

namespace U2CMigration.Core.Tests.Freezing;

public sealed class MemoryAtHandTests
{
    /// <summary>Compared with what is there a moment later, as other tests of this process take and give back memory too.</summary>
    [Fact]
    public void Take_UntilDispose_IsResident()
    {
        const long KibibytesHeld = 16 << 10;
        long held = 0;
        for (int attempt = 0; attempt < 10 && held < KibibytesHeld * 3 / 4; attempt++)
        {
            var memory = MemoryAtHand.Take();
            long with = ResidentKibibytes();
            memory.Dispose();
            memory.Dispose();
            held = with - ResidentKibibytes();
        }

        held.Should().BeGreaterThanOrEqualTo(KibibytesHeld * 3 / 4);
    }

    private static long ResidentKibibytes() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
