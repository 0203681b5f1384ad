using System.Text;
using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>What a round sends, and what it leaves.</summary>
public sealed class RoundTests : IDisposable
{
    private readonly Folders _folders = new();

    public RoundTests() => Requires.Root();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task SendRound_NothingChanged_SendsNothing()
    {
        new Upheaval(_folders.Source, 5).Run(100);
        using Transfer transfer = Transfer.Of(_folders, trustsTimes: true);
        await transfer.RoundAsync();
        await transfer.SettleAsync();

        FileTreeRound round = await transfer.RoundAsync();

        round.EntriesWalked.Should().BePositive();
        round.Should().BeEquivalentTo(new { EntriesSent = 0L, EntriesRemoved = 0L, BytesRead = 0L, ContentBytes = 0L, PendingEntries = 0L, PendingBytes = 0L, FrozenReadBytes = 0L });
    }

    [Fact]
    public async Task SendRound_LargeFileChangedInAPlace_SendsTheBlock()
    {
        byte[] contents = new byte[10 << 20];
        new Random(1).NextBytes(contents);
        File.WriteAllBytes(_folders.InSource("large"), contents);
        using Transfer transfer = Transfer.Of(_folders);
        (await transfer.RoundAsync()).ContentBytes.Should().Be(contents.Length);

        contents[5_000_000] ^= 1;
        File.WriteAllBytes(_folders.InSource("large"), contents);

        (await transfer.RoundAsync()).ContentBytes.Should().Be(64 << 10);
        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    [Fact]
    public async Task SendRound_SparseFile_StaysSparse()
    {
        WriteAt(_folders.InSource("sparse"), 200L << 30, [1]);
        WriteAt(_folders.InSource("sparse"), 5_000_000, [2]);
        WriteAt(_folders.InSource("holes"), 0, Enumerable.Repeat((byte)3, 1 << 20).ToArray());
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();
        int file = Posix.Open(Folders.Raw(_folders.InSource("holes")), Posix.ReadWrite);
        Posix.fallocate(file, 3, 4096, 900_000).Should().Be(0);
        _ = Posix.close(file);
        await transfer.RoundAsync();

        (await AllocatedAsync(_folders.InDestination("sparse"))).Should().BeLessThan(1 << 20);
        (await AllocatedAsync(_folders.InDestination("holes"))).Should().BeLessThan(256 << 10);
        File.Delete(_folders.InSource("sparse"));
        await transfer.RoundAsync(isFrozen: true);
        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    /// <summary>Zeros that have their place on the disk keep it.</summary>
    [Fact]
    public async Task SendRound_ZerosThatAreNoHole_StayThere()
    {
        File.WriteAllBytes(_folders.InSource("reserved"), new byte[8 << 20]);
        using Transfer transfer = Transfer.Of(_folders);

        FileTreeRound round = await transfer.RoundAsync();

        round.WireBytes.Should().BeLessThan(64 << 10);
        (await AllocatedAsync(_folders.InDestination("reserved"))).Should().Be(8 << 20);
    }

    [Fact]
    public async Task SendRound_RenamedDirectory_SendsNoContents()
    {
        Directory.CreateDirectory(_folders.InSource("before/below"));
        File.WriteAllBytes(_folders.InSource("before/below/file"), Enumerable.Repeat((byte)7, 1 << 20).ToArray());
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();

        Directory.Move(_folders.InSource("before"), _folders.InSource("after"));

        (await transfer.RoundAsync()).ContentBytes.Should().Be(0);
        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    /// <summary>Names that come and go in different rounds, and one that takes another's place.</summary>
    [Fact]
    public async Task SendRound_HardLinks_StayLinked()
    {
        File.WriteAllText(_folders.InSource("a"), "one");
        File.WriteAllText(_folders.InSource("other"), "two");
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();
        Link("a", "b");
        await transfer.RoundAsync();
        Link("b", "c");
        File.Delete(_folders.InSource("a"));
        File.Delete(_folders.InSource("b"));
        File.Move(_folders.InSource("c"), _folders.InSource("other"), overwrite: true);
        Link("other", "a");
        File.AppendAllText(_folders.InSource("a"), " and more");
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
        TreeText.Of(_folders.Destination)["/other"].Should().Contain("links 2").And.Contain("same as /a");
    }

    /// <summary>Deeper than a path can say, and than descriptors last.</summary>
    [Fact]
    public async Task SendRound_DeepTree_Arrives()
    {
        string name = new('d', 200);
        MakeDeep(_folders.Source, name, 1500);
        using Transfer transfer = Transfer.Of(_folders);
        await transfer.RoundAsync();
        await transfer.RoundAsync(isFrozen: true);

        FileTreeVerification same = await transfer.VerifyAsync();

        same.Should().BeEquivalentTo(new { Mismatched = 0L, Entries = 1502L });
        await transfer.Destination.DiscardAsync(CancellationToken.None);
        Directory.EnumerateFileSystemEntries(_folders.Destination).Should().BeEmpty();
    }

    [Fact]
    public async Task SendRound_TooDeep_SaysSo()
    {
        Directory.CreateDirectory(_folders.InSource("1/2/3/4"));
        using var source = FileTreeSource.Open(new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/data", Path = _folders.Source }], MaxDepth = 3 });

        Func<Task> send = () => source.SendRoundAsync(new System.IO.Pipelines.Pipe().Writer, false, null, CancellationToken.None);

        (await send.Should().ThrowAsync<FileTreeException>()).WithMessage("*more than 3 directories*MaxDepth*");
        (await send.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*Make a new source*");
    }

    [Fact]
    public async Task SendRound_TooManyEntries_SaysSo()
    {
        Enumerable.Range(0, 10).ToList().ForEach(i => File.WriteAllText(_folders.InSource($"{i}"), ""));
        using var source = FileTreeSource.Open(new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/data", Path = _folders.Source }], MaxEntries = 9 });

        Func<Task> send = () => source.SendRoundAsync(new System.IO.Pipelines.Pipe().Writer, false, null, CancellationToken.None);

        (await send.Should().ThrowAsync<FileTreeException>()).WithMessage("*more than 9 entries*MaxEntries*");
    }

    [Fact]
    public async Task SendRound_ExcludedPaths_StayBehind()
    {
        Directory.CreateDirectory(_folders.InSource("dir/kept"));
        File.WriteAllText(_folders.InSource("dir/left"), "x");
        Directory.CreateDirectory(_folders.InSource("pages"));
        File.WriteAllText(_folders.InSource("pages/of"), "x");
        using Transfer transfer = Transfer.Of(_folders, exclude: ["dir/left", "pages"]);
        await transfer.RoundAsync();
        File.WriteAllText(_folders.InDestination("dir/left"), "of the destination");
        File.Delete(_folders.InSource("dir/left"));
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Of(_folders.Destination).Keys.Should().Equal("", "/dir", "/dir/kept", "/dir/left");
        (await transfer.VerifyAsync()).Mismatched.Should().Be(0);
    }

    [Fact]
    public async Task SendRound_ChangedInTheFreeze_SaysSo()
    {
        File.WriteAllBytes(_folders.InSource("log"), new byte[32 << 20]);
        using Transfer transfer = Transfer.Of(_folders);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                WriteAt(_folders.InSource("log"), 1000, [1]);
            }
        });
        writer.Start();

        Func<Task> send = () => transfer.RoundAsync(isFrozen: true);

        (await send.Should().ThrowAsync<FileTreeException>()).WithMessage("*/log was changed while the workload stood still*");
        await stop.CancelAsync();
        writer.Join();
    }

    [Fact]
    public async Task Begin_DirectoryThatIsNotEmpty_IsRefusedOrReplaced()
    {
        File.WriteAllText(_folders.InSource("new"), "new");
        Directory.CreateDirectory(_folders.InDestination("old/below"));
        using (Transfer transfer = Transfer.Of(_folders))
        {
            Func<Task> round = () => transfer.RoundAsync();
            (await round.Should().ThrowAsync<FileTreeException>()).WithMessage("*'/data'*not empty*Replace*");
        }

        Directory.Exists(_folders.InDestination("old/below")).Should().BeTrue();
        using Transfer replacing = Transfer.Of(_folders, existing: ExistingEntries.Replace);
        await replacing.RoundAsync(isFrozen: true);
        TreeText.Differences(_folders.Source, _folders.Destination).Should().BeEmpty();
    }

    [Fact]
    public async Task Accounting_SaysWhatIsPending()
    {
        File.WriteAllBytes(_folders.InSource("large"), new byte[3 << 20]);
        using Transfer transfer = Transfer.Of(_folders, trustsTimes: true);
        FileTreeRound first = await transfer.RoundAsync();

        // Written right before the round: its times would not show another write in the same tick.
        first.PendingBytes.Should().Be(3 << 20);
        first.EstimatedNextBytes.Should().Be(3 << 20);
        first.FrozenReadBytes.Should().Be(3 << 20);
        await transfer.SettleAsync();
        (await transfer.Source.MeasureAsync(CancellationToken.None)).Should().Be(new FileTreePending(0, 0));

        File.WriteAllBytes(_folders.InSource("another"), new byte[1 << 20]);
        Directory.CreateDirectory(_folders.InSource("dir"));
        File.WriteAllBytes(_folders.InSource("dir/file"), new byte[10]);
        File.Delete(_folders.InSource("large"));

        // The root has changed, too, and a name is gone.
        (await transfer.Source.MeasureAsync(CancellationToken.None)).Should().BeEquivalentTo(new { Bytes = (1L << 20) + 10 });
        (await transfer.RoundAsync()).EntriesRemoved.Should().Be(1);
    }

    [Fact]
    public async Task Progress_EndsWithAllDone()
    {
        new Upheaval(_folders.Source, 9).Run(100);
        var seen = new List<FileTreeProgress>();
        using var source = FileTreeSource.Open(new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/data", Path = _folders.Source }], Processes = static () => [] });
        var pipe = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));

        await source.SendRoundAsync(pipe.Writer, false, new Synchronous(seen), CancellationToken.None);

        seen[^1].EntriesDone.Should().Be(seen[^1].EntriesToDo).And.BePositive();
    }

    private static void WriteAt(string path, long offset, byte[] bytes)
    {
        using FileStream file = File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Position = offset;
        file.Write(bytes);
    }

    private static async Task<long> AllocatedAsync(string path) =>
        long.Parse((await LocalCommand.RunAsync(["stat", "-c", "%b", path])).Successful(), System.Globalization.CultureInfo.InvariantCulture) * 512;

    private static void MakeDeep(string root, string name, int depth)
    {
        Interop.FileCalls.Open(root, Interop.FileCalls.O_DIRECTORY, out Microsoft.Win32.SafeHandles.SafeFileHandle handle).Should().Be(0);
        using var place = new Names.DirectoryStack(handle);
        byte[] raw = [.. Encoding.ASCII.GetBytes(name), 0];
        for (int i = 0; i < depth; i++)
        {
            place.Current(out Microsoft.Win32.SafeHandles.SafeFileHandle at).Should().Be(0);
            Interop.FileCalls.MakeDirectory(at, raw, 0x1ed).Should().Be(0);
            place.Push(raw).Should().Be(0);
        }

        place.Current(out Microsoft.Win32.SafeHandles.SafeFileHandle deepest).Should().Be(0);
        Interop.FileCalls.MakeNode(deepest, "end\0"u8, Posix.Fifo | 0x1a4, 0).Should().Be(0);
        handle.Dispose();
    }

    private void Link(string from, string to) => Posix.link(Folders.Raw(_folders.InSource(from)), Folders.Raw(_folders.InSource(to))).Should().Be(0);

    private sealed class Synchronous(List<FileTreeProgress> seen) : IProgress<FileTreeProgress>
    {
        public void Report(FileTreeProgress value) => seen.Add(value);
    }
}
