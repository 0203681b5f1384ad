using U2CMigration.Core.CarriedState;

namespace U2CMigration.Core.Tests.CarriedState;

public sealed class SealedMappingsTests
{
    [Fact]
    public void Parse_SealedNeighbours_AreOneRange_AndThoseOfTheKernelAreNot()
    {
        (string Mapping, string Flags)[] mappings =
        [
            ("1000-3000 r--p 00000000 00:00 0", "VmFlags: rd mr mw me sl"),
            ("3000-5000 r-xp 00000000 00:00 0", "VmFlags: rd ex mr mw me sl"),
            ("5000-6000 rw-p 00000000 00:00 0", "VmFlags: rd wr mr mw me"),
            ("8000-9000 rw-p 00000000 00:00 0 [heap]", "VmFlags: rd wr mr mw me sl"),
            ("a000-b000 r-xp 00000000 00:00 0 [vdso]", "VmFlags: rd ex mr mw me de sl"),
        ];

        SealedMappings.Parse(mappings).Should().Equal(0x1000ul, 0x5000ul, 0x8000ul, 0x9000ul);
    }
}
