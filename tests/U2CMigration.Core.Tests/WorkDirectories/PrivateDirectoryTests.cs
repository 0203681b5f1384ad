using System.Runtime.Versioning;
using U2CMigration.Core.WorkDirectories;

namespace U2CMigration.Core.Tests.WorkDirectories;

[SupportedOSPlatform("linux")]
public sealed class PrivateDirectoryTests : IDisposable
{
    private const UnixFileMode Everybody = PrivateDirectory.OnlyOwner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _work = Directory.CreateTempSubdirectory("private-").FullName;

    private string Inner => Path.Combine(_work, "above", "images");

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void Create_NothingThere_IsForTheOwnerAloneWithWhatIsAbove()
    {
        PrivateDirectory.Create(Inner);

        File.GetUnixFileMode(Inner).Should().Be(PrivateDirectory.OnlyOwner);
        File.GetUnixFileMode(Path.GetDirectoryName(Inner)!).Should().Be(PrivateDirectory.OnlyOwner);
    }

    [Fact]
    public void Create_ThereAndReadByOthers_IsTaken()
    {
        Directory.CreateDirectory(Inner, Everybody & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));

        PrivateDirectory.Create(Inner);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.StickyBit)]
    public void Create_OthersMayWrite_IsRefused(UnixFileMode right)
    {
        Directory.CreateDirectory(Inner);
        File.SetUnixFileMode(Inner, PrivateDirectory.OnlyOwner | right);

        Refused(Inner).Should().Contain(Inner).And.Contain("chmod go-w");
    }

    [Fact]
    public void Create_EverybodyMayRenameAbove_IsRefused()
    {
        Directory.CreateDirectory(Inner, PrivateDirectory.OnlyOwner);
        File.SetUnixFileMode(Path.GetDirectoryName(Inner)!, Everybody);

        Refused(Inner).Should().Contain(Path.GetDirectoryName(Inner)!);
        File.SetUnixFileMode(Path.GetDirectoryName(Inner)!, Everybody | UnixFileMode.StickyBit);
        PrivateDirectory.Create(Inner);
    }

    [Fact]
    public void Create_ALink_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_work, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(_work, "link"), Path.Combine(_work, "elsewhere"));

        Refused(Path.Combine(_work, "link")).Should().Contain("link may lead elsewhere");
    }

    [Fact]
    public void Create_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving a directory away needs root");
        Directory.CreateDirectory(Inner);
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", Inner]);
        chown.WaitForExit();

        Refused(Inner).Should().Contain("user 65534");
    }

    /// <summary>Images of a workload, whatever the directory above allows.</summary>
    [Fact]
    public void ClaimedDirectory_InOneThatOthersRead_IsForTheOwnerAlone()
    {
        Directory.CreateDirectory(Inner, Everybody & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));

        using ClaimedDirectory claimed = ClaimedDirectory.Create(Path.Combine(Inner, "of-a-migration"));

        File.GetUnixFileMode(Path.Combine(Inner, "of-a-migration")).Should().Be(PrivateDirectory.OnlyOwner);
    }

    private static string Refused(string path) => new Action(() => PrivateDirectory.Create(path)).Should().Throw<OpenDirectoryException>().Which.Message;
}
