using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>What belongs to files besides their contents, and what does not travel.</summary>
public sealed class MetadataTests : IDisposable
{
    private readonly Folders _folders = new();

    public MetadataTests() => Requires.Root();

    public void Dispose() => _folders.Dispose();

    /// <summary>Writing to a file takes its capabilities away, on both sides: they are set last.</summary>
    [Fact]
    public async Task Capabilities_OfAProgramThatIsReplacedInPlace_Stay()
    {
        byte[] capability = Convert.FromHexString("0100000200040000000000000000000000000000");
        byte[] path = Folders.Raw(_folders.InSource("program"));
        File.WriteAllText(_folders.InSource("program"), "one");
        using Transfer transfer = Transfer.Of(_folders);
        Posix.lsetxattr(path, Folders.Raw("security.capability"), capability, 20, 0).Should().Be(0);
        Posix.chmod(path, 0x9ed).Should().Be(0);
        await transfer.RoundAsync();
        File.WriteAllText(_folders.InSource("program"), "two");
        Posix.lchown(path, 1000, 1000).Should().Be(0);
        Posix.lsetxattr(path, Folders.Raw("security.capability"), capability, 20, 0).Should().Be(0);
        Posix.chmod(path, 0x9ed).Should().Be(0);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
        TreeText.Of(_folders.Destination)["/program"].Should().Contain("security.capability").And.Contain("mode 89ed");
    }

    /// <summary>A directory's default list is given to what is made in it, wanted or not.</summary>
    [Fact]
    public async Task AccessLists_AreThoseOfTheSource()
    {
        byte[] list = Convert.FromHexString("0200000001000700ffffffff0200040001000000" + "04000500ffffffff10000700ffffffff20000500ffffffff");
        Directory.CreateDirectory(_folders.InSource("dir/before"));
        File.WriteAllText(_folders.InSource("dir/plain"), "x");
        Posix.lsetxattr(Folders.Raw(_folders.InSource("dir")), Folders.Raw("system.posix_acl_default"), list, (nuint)list.Length, 0).Should().Be(0);
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();
        File.WriteAllText(_folders.InSource("dir/listed"), "x");
        await transfer.RoundAsync();
        File.WriteAllText(_folders.InSource("dir/unlisted"), "x");
        Posix.lremovexattr(Folders.Raw(_folders.InSource("dir/unlisted")), Folders.Raw("system.posix_acl_access")).Should().Be(0);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
        TreeText.Of(_folders.Destination)["/dir/listed"].Should().Contain("system.posix_acl_access");
    }

    /// <summary>The flags of chattr(1) protect files also from root; here the whole tree has them, and changes nevertheless.</summary>
    [Fact]
    public async Task Locks_StayOn_AndChangesArrive()
    {
        Directory.CreateDirectory(_folders.InSource("dir"));
        File.WriteAllText(_folders.InSource("dir/file"), "one");
        Lock(Posix.Immutable);
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();
        Lock(0);
        File.AppendAllText(_folders.InSource("dir/file"), "two");
        File.WriteAllText(_folders.InSource("dir/another"), "x");
        Posix.link(Folders.Raw(_folders.InSource("dir/file")), Folders.Raw(_folders.InSource("name"))).Should().Be(0);
        Lock(Posix.AppendOnly);
        await transfer.RoundAsync();
        Lock(0);
        File.Delete(_folders.InSource("dir/file"));
        Lock(Posix.Immutable);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
        TreeText.Of(_folders.Destination)["/name"].Should().Contain("flags 10");

        void Lock(uint flags)
        {
            foreach (string name in (string[])["dir/file", "name", "dir", ""])
            {
                _ = Posix.SetFlags(Folders.Raw(_folders.InSource(name)), flags);
            }
        }
    }

    /// <summary>A directory is renamed, so that nothing of the file in it changes, but at the destination it is unlocked for the move.</summary>
    [Fact]
    public async Task Locks_InADirectoryThatIsRenamed_StayOn()
    {
        Directory.CreateDirectory(_folders.InSource("dir"));
        File.WriteAllText(_folders.InSource("dir/file"), "one");
        Posix.link(Folders.Raw(_folders.InSource("dir/file")), Folders.Raw(_folders.InSource("name"))).Should().Be(0);
        Posix.SetFlags(Folders.Raw(_folders.InSource("name")), Posix.Immutable).Should().BeTrue();
        using Transfer transfer = Transfer.Of(_folders, trustsTimes: true);
        await transfer.RoundAsync();
        await Task.Delay(50);
        await transfer.RoundAsync();
        Directory.Move(_folders.InSource("dir"), _folders.InSource("renamed"));
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    [Fact]
    public async Task Labels_OfASecurityModule_AreNamedAndStayBehind()
    {
        File.WriteAllText(_folders.InSource("file"), "x");
        if (Posix.lsetxattr(Folders.Raw(_folders.InSource("file")), Folders.Raw("security.selinux"), [1], 1, 0) != 0)
        {
            Assert.Skip("security.selinux cannot be set here");
        }

        using Transfer transfer = Transfer.Of(_folders);
        FileTreeRound round = await transfer.RoundAsync(isFrozen: true);

        round.LeftOut.Should().Equal("The attribute security.selinux of /file in the tree '/data' does not travel.");
        round.LeftOutCount.Should().Be(1);
        TreeText.Of(_folders.Destination)["/file"].Should().NotContain("selinux");
        (await transfer.VerifyAsync()).Mismatched.Should().Be(0);
    }

    /// <summary>Also of times that 64 bits of nanoseconds do not hold.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 999_999_999)]
    [InlineData(-5_000_000_000, 0)]
    [InlineData(100_000_000_000, 7)]
    public async Task Times_AreExact(long seconds, long nanoseconds)
    {
        File.WriteAllText(_folders.InSource("file"), "x");
        Posix.SetModified(Folders.Raw(_folders.InSource("file")), seconds, nanoseconds);
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    public static TheoryData<string> Faults => new("contents", "rights", "time", "attribute", "more", "missing", "link", "target");

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Verify_NamesWhatDiffers(string fault)
    {
        Directory.CreateDirectory(_folders.InSource("dir"));
        File.WriteAllText(_folders.InSource("dir/file"), "text");
        File.CreateSymbolicLink(_folders.InSource("dir/link"), "one");
        Posix.link(Folders.Raw(_folders.InSource("dir/file")), Folders.Raw(_folders.InSource("dir/name"))).Should().Be(0);
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync(isFrozen: true);
        (await transfer.VerifyAsync()).Should().BeEquivalentTo(new { Entries = 5L, Mismatched = 0L });
        string file = _folders.InDestination("dir/file");
        DateTime time = File.GetLastWriteTimeUtc(file);
        DateTime directoryTime = Directory.GetLastWriteTimeUtc(_folders.InDestination("dir"));
        switch (fault)
        {
            case "contents":
                File.WriteAllText(file, "tExt");
                File.SetLastWriteTimeUtc(file, time);
                break;
            case "rights":
                _ = Posix.chmod(Folders.Raw(file), 0x100);
                break;
            case "time":
                File.SetLastWriteTimeUtc(file, time.AddTicks(1));
                break;
            case "attribute":
                _ = Posix.lsetxattr(Folders.Raw(file), Folders.Raw("user.x"), [1], 1, 0);
                break;
            case "more":
                File.WriteAllText(_folders.InDestination("dir/more"), "");
                break;
            case "missing":
                File.Delete(_folders.InDestination("dir/link"));
                break;
            case "link":
                File.Delete(_folders.InDestination("dir/name"));
                File.Copy(file, _folders.InDestination("dir/name"));
                File.SetLastWriteTimeUtc(_folders.InDestination("dir/name"), time);
                break;
            default:
                File.Delete(_folders.InDestination("dir/link"));
                File.CreateSymbolicLink(_folders.InDestination("dir/link"), "two");
                break;
        }

        Directory.SetLastWriteTimeUtc(_folders.InDestination("dir"), directoryTime);
        FileTreeVerification result = await transfer.VerifyAsync();

        result.IsEqual.Should().BeFalse();
        result.Names.Should().OnlyContain(static name => name.StartsWith("/data: /dir", StringComparison.Ordinal)).And.HaveCount((int)result.Mismatched);
    }
}
