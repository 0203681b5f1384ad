using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class ForkedMemoryTests
{
    private const string Smaps = """
        7f0000000000-7f0000010000 rw-p 00000000 00:00 0
        Size:                 64 kB
        VmFlags: rd wr mr mw me ac wf sd
        7f0000010000-7f0000020000 rw-p 00000000 00:00 0
        VmFlags: rd wr mr mw me ac sd
        7f0000020000-7f0000030000 rw-p 00000000 08:01 42                         /a-b c (deleted)
        VmFlags: rd wr mr mw me dc ac sd
        """;

    [Fact]
    public void Parse_Smaps_FindsWhatIsWipedOrNotForked() => ForkedMemory.Parse(Smaps.Split('\n')).Should().Equal(
        (0x7f0000000000, 0x7f0000010000), (0x7f0000020000, 0x7f0000030000));
}
