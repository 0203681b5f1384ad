using U2CMigration.Core.Destination.Policy;
using U2CMigration.Criu.Images.Privileges;

namespace U2CMigration.Core.Tests.Destination.Policy;

public sealed class FileRulesTests
{
    /// <summary>Shared memory and deleted files are handed over by this side, and named by mount and inode.</summary>
    [Theory]
    [InlineData("/usr/bin/true", true)]
    [InlineData("/", true)]
    [InlineData("file[67:3]", true)]
    [InlineData("file[67:3]/../etc/shadow", false)]
    [InlineData("file[67:3]\n", false)]
    [InlineData("file[memfd:12]", false)]
    [InlineData("file[:3]", false)]
    [InlineData("x/etc/shadow", false)]
    [InlineData("/usr/../etc/shadow", false)]
    [InlineData("/usr//bin", false)]
    [InlineData("", false)]
    public void PathProblemOf_Path_IsPlainOrHandedOver(string path, bool isFine) =>
        (FileRules.PathProblemOf(new ImageFile(path, ImageFileKind.Path, IsCode: false, IsRead: true, IsWritten: false)) is null).Should().Be(isFine);
}
