using U2CMigration.Core.Filling;

namespace U2CMigration.Core.Tests.Filling;

public sealed class FillMarkerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("marker");

    [Fact]
    public void List_AfterAProgramDied_HasItsMigrationOnceAndSaysWhetherPagesAreMissing()
    {
        Guid missing = Guid.NewGuid();
        Guid complete = Guid.NewGuid();
        new FillMarker(_directory.FullName, missing).Create();
        var filled = new FillMarker(_directory.FullName, complete);
        filled.Create();
        filled.TryComplete().Should().BeTrue();
        File.WriteAllText(Path.Combine(_directory.FullName, "other.filling"), "");

        IReadOnlyList<FillMarker> found = FillMarker.List(_directory.FullName);

        found.Select(static marker => (marker.MigrationId, marker.IsMissing)).Should().BeEquivalentTo([(missing, true), (complete, false)]);
    }

    [Fact]
    public void TryComplete_WhereItCannotBeWritten_SaysSo()
    {
        var marker = new FillMarker(_directory.FullName, Guid.NewGuid());
        marker.Create();
        Directory.CreateDirectory(marker.CompletePath);

        marker.TryComplete().Should().BeFalse();
        marker.IsMissing.Should().BeTrue();
    }

    [Fact]
    public void Remove_LeavesNothing()
    {
        var marker = new FillMarker(_directory.FullName, Guid.NewGuid());
        marker.Create();

        marker.Remove();

        FillMarker.List(_directory.FullName).Should().BeEmpty();
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
