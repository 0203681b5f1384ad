using U2CMigration.Files.Entries;
using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Files.Walking;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>Changes that the times of a file do not show.</summary>
public sealed class TruthTests
{
    public TruthTests() => Requires.Root();

    /// <summary>On tmpfs a page that was read before it is written leaves no trace, even if no one has it mapped any more.</summary>
    [Fact]
    public async Task Frozen_WrittenThroughAMappingOnTmpfs_IsSent()
    {
        using var folders = new Folders();
        File.WriteAllBytes(folders.InSource("file"), new byte[8192]);
        using Transfer transfer = Transfer.Of(folders);
        await SettleAsync(transfer);
        string before = TreeText.Of(folders.Source)["/file"];

        Posix.WriteMapped(Folders.Raw(folders.InSource("file")), 100, 1).Should().BeTrue();

        WithoutContents(TreeText.Of(folders.Source)["/file"]).Should().Be(WithoutContents(before), "the case is that nothing shows");
        FileTreeRound last = await transfer.RoundAsync(isFrozen: true);
        last.ContentBytes.Should().Be(8192);
        TreeText.Differences(folders.Source, folders.Destination).Should().BeEmpty();
    }

    /// <summary>On a disk the first write to a page shows, the next does not.</summary>
    [Fact]
    public async Task Frozen_WrittenAgainThroughAMappingOnADisk_IsSent()
    {
        using var folders = new Folders(inMemory: false);
        File.WriteAllBytes(folders.InSource("file"), new byte[8192]);
        using Transfer transfer = Transfer.Of(folders, trustsTimes: true);
        using (var mapped = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(folders.InSource("file")))
        using (System.IO.MemoryMappedFiles.MemoryMappedViewAccessor view = mapped.CreateViewAccessor())
        {
            view.Write(100, (byte)1);
            await Task.Delay(50);
            await transfer.RoundAsync();
            await Task.Delay(50);
            (await transfer.RoundAsync()).PendingBytes.Should().Be(8192, "it is mapped");
            view.Write(200, (byte)2);
        }

        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(folders.Source, folders.Destination).Should().BeEmpty();
    }

    /// <summary>The kernel stamps with the time of its last tick, so that a second write in it may show in nothing; kernels from 6.13 on are finer for files that somebody looks at.</summary>
    [Theory]
    [InlineData(-5, true)]
    [InlineData(5, true)]
    [InlineData(3_600_000, true)]
    [InlineData(-1000, false)]
    public void RoundClock_ChangeSinceABitBeforeTheRound_IsInDoubt(int milliseconds, bool expected)
    {
        var clock = new RoundClock();
        FileTime time = FileTime.Of(TimeProvider.System.GetUtcNow().AddMilliseconds(milliseconds));
        FileTime before = FileTime.Of(DateTimeOffset.UnixEpoch);

        clock.IsInDoubt(new FileStamp() with { Changed = time, Modified = before }).Should().Be(expected);
        clock.IsInDoubt(new FileStamp() with { Changed = before, Modified = time }).Should().Be(expected);
    }

    [Fact]
    public void FileTime_BeforeTheEpoch_HasNanosecondsAboveZero() =>
        FileTime.Of(DateTimeOffset.UnixEpoch.AddTicks(-1)).Should().Be(new FileTime(-1, 999_999_900));

    /// <summary>A file that could not be sent yet comes when its directory has not changed for long: at the destination it has.</summary>
    [Fact]
    public async Task Round_FileThatComesLater_LeavesTheTimeOfItsDirectory()
    {
        using var folders = new Folders();
        Directory.CreateDirectory(folders.InSource("dir"));
        File.WriteAllText(folders.InSource("dir/file"), "one");
        int file = Posix.Open(Folders.Raw(folders.InSource("dir/file")), Posix.ReadWrite);
        Posix.fcntl(file, Posix.SetLease, Posix.WriteLease).Should().Be(0);
        using Transfer transfer = Transfer.Of(folders, trustsTimes: true);
        await transfer.RoundAsync();
        await Task.Delay(50);
        await transfer.RoundAsync();
        _ = Posix.close(file);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(folders.Source, folders.Destination).Should().BeEmpty();
    }

    /// <summary>A program that puts the time back.</summary>
    [Fact]
    public async Task Round_TimePutBack_IsSent()
    {
        using var folders = new Folders();
        File.WriteAllText(folders.InSource("file"), "one");
        using Transfer transfer = Transfer.Of(folders, trustsTimes: true);
        await SettleAsync(transfer);
        DateTime time = File.GetLastWriteTimeUtc(folders.InSource("file"));

        File.WriteAllText(folders.InSource("file"), "two");
        File.SetLastWriteTimeUtc(folders.InSource("file"), time);
        await transfer.RoundAsync();

        File.ReadAllText(folders.InDestination("file")).Should().Be("two");
    }

    /// <summary>A file that is read leaves no trace either.</summary>
    [Fact]
    public async Task Round_LeavesTimesOfAccess()
    {
        using var folders = new Folders();
        File.WriteAllText(folders.InSource("file"), "one");
        File.SetLastAccessTimeUtc(folders.InSource("file"), DateTime.UnixEpoch);
        using Transfer transfer = Transfer.Of(folders);

        await transfer.RoundAsync(isFrozen: true);

        File.GetLastAccessTimeUtc(folders.InSource("file")).Should().Be(DateTime.UnixEpoch);
    }

    [Theory]
    [InlineData("7f00-7f01 rw-s 00000000 fd:01 4711                       /data/a b\\012c\n", 4711, "a b\nc", true)]
    [InlineData("7f00-7f01 rw-s 00000000 fd:01 4711 /data/gone (deleted)\n", 4711, "x", true)]
    [InlineData("7f00-7f01 r--s 00000000 00:16 12 /dev/shm/other", 5, "other", true)]
    [InlineData("7f00-7f01 rw-p 00000000 fd:01 4711 /data/private\n", 4711, "private", false)]
    [InlineData("7f00-7f01 rw-s 00000000 00:00 0 \n7f02-7f03 rw-p 00000000 00:00 0 [heap]\n", 0, "", false)]
    [InlineData("garbage\n\n7f00-7f01 rw-s\n", 0, "", false)]
    public void MappedFiles_AreFoundByInodeOrName(string maps, ulong inode, string name, bool expected)
    {
        var files = new MappedFiles();
        files.Add(System.Text.Encoding.UTF8.GetBytes(maps));

        files.Has(inode, Folders.Raw(name)).Should().Be(expected);
    }

    /// <summary>Opening the file would make its holder give the lease up, and in the freeze it could not.</summary>
    [Fact]
    public async Task Leases_AreNotBroken()
    {
        using var folders = new Folders();
        File.WriteAllText(folders.InSource("file"), "one");
        File.WriteAllText(folders.InSource("other"), "two");
        int file = Posix.Open(Folders.Raw(folders.InSource("file")), Posix.ReadWrite);
        Posix.fcntl(file, Posix.SetLease, Posix.WriteLease).Should().Be(0);
        using Transfer transfer = Transfer.Of(folders);

        FileTreeRound round = await transfer.RoundAsync();

        Posix.fcntl(file, Posix.GetLease, 0).Should().Be(Posix.WriteLease);
        round.Obstacles.Should().ContainSingle().Which.Should().Contain("/file is under a lease for writing");
        round.PendingEntries.Should().BePositive();
        Func<Task> freeze = () => transfer.RoundAsync(isFrozen: true);
        (await freeze.Should().ThrowAsync<FileTreeException>()).WithMessage("*/file is under a lease for writing*");
        Posix.fcntl(file, Posix.GetLease, 0).Should().Be(Posix.WriteLease);
        _ = Posix.close(file);
    }

    [Theory]
    [InlineData("1: LEASE  ACTIVE    WRITE 77 00:16:4711 0 EOF\n2: POSIX  ADVISORY  WRITE 77 00:16:12 0 EOF\n", 4711, true)]
    [InlineData("1: LEASE  BREAKING  WRITE 77 fd:01:4711 0 EOF", 4711, true)]
    [InlineData("1: LEASE  ACTIVE    READ 77 fd:01:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 77 fd:01:4711 0 EOF\n", 4711, false)]
    [InlineData("LEASE WRITE\n LEASE  WRITE x:\n", 0, false)]
    public void LeasedFiles_AreThoseForWriting(string locks, ulong inode, bool expected)
    {
        var files = new LeasedFiles();
        files.Add(System.Text.Encoding.UTF8.GetBytes(locks));

        files.Has(inode).Should().Be(expected);
    }

    private static string WithoutContents(string line) => line[..line.IndexOf(" contents ", StringComparison.Ordinal)];

    private static async Task SettleAsync(Transfer transfer)
    {
        for (FileTreeRound round = await transfer.RoundAsync(); round.PendingEntries > 0; round = await transfer.RoundAsync())
        {
            await Task.Delay(10);
        }
    }
}
