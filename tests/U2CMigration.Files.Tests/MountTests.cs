using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>What is mounted in a tree, and roots that are seen from inside of a container.</summary>
public sealed class MountTests : IDisposable
{
    private readonly Folders _folders = new();
    private readonly Stack<string> _mounts = new();

    public MountTests() => Requires.Root();

    public void Dispose()
    {
        while (_mounts.TryPop(out string? path))
        {
            LocalCommand.RunAsync(["umount", path]).GetAwaiter().GetResult().Successful();
        }

        _folders.Dispose();
    }

    /// <summary>On the same file system too, where the device number says nothing.</summary>
    [Fact]
    public async Task Source_DoesNotDescendIntoMounts_AndNamesThem()
    {
        string other = _folders.Make("other");
        File.WriteAllText(Path.Combine(other, "secret"), "x");
        Directory.CreateDirectory(_folders.InSource("dir/mounted"));
        File.WriteAllText(_folders.InSource("dir/hosts"), "");
        await MountAsync(other, _folders.InSource("dir/mounted"));
        await MountAsync(Path.Combine(other, "secret"), _folders.InSource("dir/hosts"));
        using Transfer transfer = Transfer.Of(_folders);

        FileTreeRound round = await transfer.RoundAsync(isFrozen: true);

        round.MountPoints.Should().BeEquivalentTo("/data: /dir/mounted", "/data: /dir/hosts");
        TreeText.Of(_folders.Destination).Keys.Should().Equal("", "/dir");
        (await transfer.VerifyAsync()).IsEqual.Should().BeTrue();
    }

    /// <summary>A runtime has mounted a file of its own host there: <c>/etc/hosts</c>.</summary>
    [Fact]
    public async Task Destination_LeavesMountsAlone_AndCountsThem()
    {
        Directory.CreateDirectory(_folders.InSource("etc"));
        File.WriteAllText(_folders.InSource("etc/hosts"), "of the source");
        File.WriteAllText(_folders.InSource("etc/other"), "x");
        Directory.CreateDirectory(_folders.InSource("proc"));
        string hosts = Path.Combine(_folders.Top, "hosts");
        File.WriteAllText(hosts, "of the destination");
        Directory.CreateDirectory(_folders.InDestination("etc"));
        Directory.CreateDirectory(_folders.InDestination("proc"));
        File.WriteAllText(_folders.InDestination("etc/hosts"), "");
        await MountAsync(hosts, _folders.InDestination("etc/hosts"));
        await MountAsync(_folders.Make("procfs"), _folders.InDestination("proc"));
        string before = TreeText.Of(_folders.Top)["/hosts"];
        using Transfer transfer = Layer();
        await transfer.RoundAsync();
        File.WriteAllText(_folders.InSource("etc/hosts"), "changed");
        File.WriteAllText(_folders.InSource("proc/lost"), "x");

        Func<Task> round = () => transfer.RoundAsync(isFrozen: true);

        (await round.Should().ThrowAsync<FileTreeException>()).WithMessage("*below a directory on which something is mounted here*");
        TreeText.Of(_folders.Top)["/hosts"].Should().Be(before);
        File.ReadAllText(_folders.InDestination("etc/other")).Should().Be("x");
    }

    /// <summary>An absolute link in a container leads into the container.</summary>
    [Fact]
    public async Task Roots_InsideOfAContainer_AreThoseThatItSees()
    {
        Directory.CreateDirectory(_folders.InSource("real"));
        File.WriteAllText(_folders.InSource("real/file"), "x");
        File.CreateSymbolicLink(_folders.InSource("data"), "/real");
        Directory.CreateDirectory(_folders.InDestination("elsewhere"));
        File.CreateSymbolicLink(_folders.InDestination("data"), "/../../elsewhere");
        using var transfer = new Transfer(
            new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/data", Path = "/data", InsideOf = _folders.Source }], Processes = static () => [] },
            new FileTreeDestinationOptions { Targets = [new FileTreeTarget { Name = "/data", Path = "/data", InsideOf = _folders.Destination }], Flush = false });

        await transfer.RoundAsync(isFrozen: true);

        File.ReadAllText(_folders.InDestination("elsewhere/file")).Should().Be("x");
    }

    [Fact]
    public void Roots_ThatCannotBeOpened_AreNamed()
    {
        File.WriteAllText(_folders.InSource("file"), "x");
        FluentActions.Invoking(() => Open("absent")).Should().Throw<FileTreeException>().WithMessage("*'/data'*absent*");
        FluentActions.Invoking(() => Open("file")).Should().Throw<FileTreeException>().WithMessage("*'/data'*file*Only directories travel*");
        FluentActions.Invoking(() => FileTreeSource.Open(new FileTreeSourceOptions { Roots = [Root(""), Root("")] })).Should().Throw<ArgumentException>().WithMessage("*Two trees*'/data'*");

        void Open(string name) => FileTreeSource.Open(new FileTreeSourceOptions { Roots = [Root(name)] }).Dispose();
        FileTreeRoot Root(string name) => new() { Name = "/data", Path = _folders.InSource(name) };
    }

    /// <summary>Entries of the destination stay in a layer, as those of the image do.</summary>
    private Transfer Layer() => new(
        new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/", Path = _folders.Source, Kind = FileTreeKind.OverlayUpper }], Processes = static () => [] },
        new FileTreeDestinationOptions { Targets = [new FileTreeTarget { Name = "/", Path = _folders.Destination, Kind = FileTreeKind.OverlayUpper }], Flush = true });

    private async Task MountAsync(string from, string to)
    {
        (await LocalCommand.RunAsync(["mount", "--bind", from, to])).Successful();
        _mounts.Push(to);
    }
}
