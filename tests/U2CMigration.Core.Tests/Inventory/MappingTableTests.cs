using System.Text;
using U2CMigration.Core.Inventory;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class MappingTableTests
{
    private const string Maps = """
        00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon
        7f0000000000-7f0000001000 rw-s 00000000 00:01 4711                       /dev/zero (deleted)
        7f0000001000-7f0000002000 rw-p 00000000 00:00 0
        7f0000002000-7f0000003000 rw-s 00000000 00:01 12                         /SYSV00000000 (deleted)
        7f0000003000-7f0000004000 rw-s 00000000 00:0e 1                          anon_inode:[io_uring]
        7f0000004000-7f0000005000 rw-p 00000000 00:01 13                         /secretmem (deleted)
        7f0000005000-7f0000006000 r--s 00000000 08:02 99                         /srv/with two blanks
        7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
        """;

    [Fact]
    public void Parse_AllKinds_KeepsWhatIsSharedOrWatched() =>
        MappingTable.Parse(7, Encoding.UTF8.GetBytes(Maps)).Select(static mapping => mapping.Name).Should()
            .Equal("/dev/zero (deleted)", "/SYSV00000000 (deleted)", "anon_inode:[io_uring]", "/secretmem (deleted)", "/srv/with two blanks");

    [Fact]
    public void Parse_SharedMapping_ReadsEveryField() =>
        MappingTable.Parse(7, Encoding.UTF8.GetBytes(Maps))[0].Should().Be(new NamedMapping(7, 0x7f0000000000, true, "00:01", 4711, "/dev/zero (deleted)"));

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("00400000 r-xp 00000000 08:02 1 /name")]
    [InlineData("zz-yy rw-s 00000000 08:02 1 /name")]
    [InlineData("00400000-00452000 rw-s 00000000 08:02 x /name")]
    public void Parse_OtherText_KeepsNothing(string text) => MappingTable.Parse(7, Encoding.UTF8.GetBytes(text)).Should().BeEmpty();
}
