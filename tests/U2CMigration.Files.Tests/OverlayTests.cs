using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>The writable layer of a container: what differs from its image.</summary>
public sealed class OverlayTests : IDisposable
{
    private readonly Folders _folders = new();
    private readonly string _lower;

    public OverlayTests()
    {
        Requires.Root();
        _lower = _folders.Make("lower");
        Directory.CreateDirectory(Path.Combine(_lower, "etc/old"));
        File.WriteAllText(Path.Combine(_lower, "etc/old/entry"), "image");
        File.WriteAllText(Path.Combine(_lower, "etc/config"), "image");
        File.WriteAllText(Path.Combine(_lower, "etc/gone"), "image");
        File.WriteAllText(Path.Combine(_lower, "untouched"), "image");
    }

    public void Dispose() => _folders.Dispose();

    /// <summary>In the rounds one after the other: changed, removed, made again, a directory replaced, a file where a directory was.</summary>
    [Fact]
    public async Task Rounds_OfTheUpperFolder_EndInTheSame()
    {
        using Overlay source = Mount("1");
        using Overlay destination = Mount("2");
        using Transfer transfer = Between(source, destination, merged: false);
        await transfer.RoundAsync();
        File.AppendAllText($"{source.Path}/etc/config", " and more");
        File.Delete($"{source.Path}/etc/gone");
        await transfer.RoundAsync();
        File.Exists($"{destination.Path}/etc/gone").Should().BeFalse();
        Directory.Delete($"{source.Path}/etc/old", recursive: true);
        await transfer.RoundAsync();
        Directory.CreateDirectory($"{source.Path}/etc/old/new");
        File.WriteAllText($"{source.Path}/etc/gone", "again");
        await transfer.RoundAsync();
        Directory.Delete($"{source.Path}/etc/old", recursive: true);
        File.WriteAllText($"{source.Path}/etc/old", "a file now");
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source.Path, destination.Path).Should().BeEmpty();
        File.ReadAllText($"{destination.Path}/etc/old").Should().Be("a file now");
        File.ReadAllText($"{destination.Path}/untouched").Should().Be("image");
        (await transfer.VerifyAsync()).IsEqual.Should().BeTrue();
    }

    /// <summary>A directory that hides the image's, seen for the first time when it does.</summary>
    [Fact]
    public async Task OpaqueDirectory_HidesWhatTheDestinationHas()
    {
        using Overlay source = Mount("1");
        using Overlay destination = Mount("2");
        Directory.Delete($"{source.Path}/etc", recursive: true);
        Directory.CreateDirectory($"{source.Path}/etc");
        using Transfer transfer = Between(source, destination, merged: false);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source.Path, destination.Path).Should().BeEmpty();
        Directory.EnumerateFileSystemEntries($"{destination.Path}/etc").Should().BeEmpty();

        // What only the destination has is found, as nothing of the image may show there.
        File.WriteAllText($"{destination.Path}/etc/more", "");
        (await transfer.VerifyAsync()).Names.Should().Equal("/: /etc");
    }

    /// <summary>The directory was sent before it hides anything: what the destination has of the image below it has to go.</summary>
    [Fact]
    public async Task Directory_ThatIsMadeAgainBetweenTwoRounds_HidesTheImage()
    {
        using Overlay source = Mount("1");
        using Overlay destination = Mount("2");
        File.WriteAllText($"{source.Path}/etc/new", "of the container");
        using Transfer transfer = Between(source, destination, merged: false);
        await transfer.RoundAsync();
        File.Move($"{source.Path}/etc/new", $"{source.Path}/kept");
        Directory.Delete($"{source.Path}/etc", recursive: true);
        Directory.CreateDirectory($"{source.Path}/etc");
        File.Move($"{source.Path}/kept", $"{source.Path}/etc/new");
        FileTreeRound round = await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source.Path, destination.Path).Should().BeEmpty();
        round.ContentBytes.Should().Be(0, "the file only moved");
    }

    /// <summary>An overlay inside the container has its marks on its own upper folder, which may be in ours.</summary>
    [Fact]
    public async Task MarksOfAnOverlayInside_Travel()
    {
        using Overlay source = Mount("1");
        using Overlay destination = Mount("2");
        Directory.CreateDirectory($"{source.Path}/inner");
        Posix.lsetxattr(Folders.Raw($"{source.Path}/inner"), Folders.Raw("trusted.overlay.opaque"), "y"u8.ToArray(), 1, 0).Should().Be(0);
        using Transfer transfer = Between(source, destination, merged: false);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source.Path, destination.Path).Should().BeEmpty();
        TreeText.Of(destination.Path)["/inner"].Should().Contain("trusted.overlay.opaque=79");
    }

    [Theory]
    [InlineData("metacopy", "rights")]
    [InlineData("redirect_dir", "rename")]
    public async Task EntriesWithoutContents_NeedTheWholeOverlay(string option, string change)
    {
        using Overlay source = Mount("1", (option, "on"));
        using Overlay destination = Mount("2");
        if (change == "rights")
        {
            Posix.chmod(Folders.Raw($"{source.Path}/etc/config"), 0x1ff).Should().Be(0);
        }
        else
        {
            Directory.Move($"{source.Path}/etc", $"{source.Path}/renamed");
        }

        using (Transfer without = Between(source, destination, merged: false))
        {
            Func<Task> round = () => without.RoundAsync();
            (await round.Should().ThrowAsync<FileTreeException>()).WithMessage("*contents are in the image*MergedPath*");
        }

        using Transfer transfer = Between(source, destination, merged: true);
        await transfer.RoundAsync(isFrozen: true);

        TreeText.Differences(source.Path, destination.Path).Should().BeEmpty();
        (await transfer.VerifyAsync()).IsEqual.Should().BeTrue();
    }

    private Overlay Mount(string name, params (string, string)[] options) => new(_lower, _folders.Make($"upper{name}"), _folders.Make($"work{name}"), options);

    private Transfer Between(Overlay source, Overlay destination, bool merged) => new(
        new FileTreeSourceOptions
        {
            Roots = [new FileTreeRoot { Name = "/", Path = Path.Combine(_folders.Top, "upper1"), Kind = FileTreeKind.OverlayUpper, MergedPath = merged ? source.Path : null }],
            Processes = static () => [],
        },
        new FileTreeDestinationOptions { Targets = [new FileTreeTarget { Name = "/", Path = destination.Path, Kind = FileTreeKind.OverlayUpper }], Flush = false });
}
