using U2CMigration.Containers.Bundles;

namespace U2CMigration.Containers.Tests.Bundles;

public sealed class ChangedFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("u2c-root-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Find_FilesAndDirectoriesChangedSince_NamesThemAsTheContainerSeesThem()
    {
        DateTime created = DateTime.UtcNow.AddHours(-1);
        foreach (string directory in (string[])["etc", "tmp", "var"])
        {
            Directory.CreateDirectory(Path.Combine(_root, directory));
        }

        foreach (string file in (string[])["etc/old", "etc/new", "tmp/new"])
        {
            File.WriteAllText(Path.Combine(_root, file), file);
        }

        File.SetLastWriteTimeUtc(Path.Combine(_root, "etc/old"), created.AddHours(-1));
        Directory.SetLastWriteTimeUtc(Path.Combine(_root, "etc"), created.AddHours(-1));

        ChangedFiles.Find(Environment.ProcessId, _root, created).Should().BeEquivalentTo("/etc/new", "/tmp/new", "/var");
    }

    [Fact]
    public void UpperDirectory_RootIsAnOverlayOfItsOwn_IsFound()
    {
        string mount = $"61 60 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir={_root},workdir=/w";

        ChangedFiles.UpperDirectory(["70 61 0:60 / /proc rw - proc proc rw", mount]).Should().Be(_root);
        ChangedFiles.UpperDirectory([mount.Replace(" / / ", " /srv/web/rootfs / ", StringComparison.Ordinal)]).Should().BeNull("the overlay is the host's then, and holds more");
        ChangedFiles.UpperDirectory([mount.Replace($"upperdir={_root}", "upperdir=upper", StringComparison.Ordinal)]).Should().BeNull("no one knows where that is");
    }
}
