using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.WorkDirectories;

namespace U2CMigration.Core.Tests.WorkDirectories;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class KeptLogsTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("kept-logs-").FullName;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void Keep_Log_OutlivesTheImagesAndIsForItsOwnerAlone()
    {
        string images = ImagesOf(1);
        File.WriteAllText(Path.Combine(images, "dump.log"), "because");
        File.SetUnixFileMode(Path.Combine(images, "dump.log"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        string kept = KeptLogs.Keep(images, "dump.log", NullLogger.Instance)!;
        Directory.Delete(images, recursive: true);

        File.ReadAllText(kept).Should().Be("because");
        File.GetUnixFileMode(kept).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Path.GetDirectoryName(kept).Should().Be(_work);
    }

    [Fact]
    public void Keep_LongLog_KeepsItsEnd()
    {
        string images = ImagesOf(1);
        File.WriteAllText(Path.Combine(images, "dump.log"), new string('x', 3 << 20) + "because");

        string kept = KeptLogs.Keep(images, "dump.log", NullLogger.Instance)!;

        new FileInfo(kept).Length.Should().Be(KeptLogs.MaxBytes);
        File.ReadAllText(kept).Should().EndWith("because");
    }

    [Fact]
    public void Keep_NoLog_IsNothing() => KeptLogs.Keep(ImagesOf(1), "dump.log", NullLogger.Instance).Should().BeNull();

    [Fact]
    public void Keep_WorkDirectoryIsGone_IsNoFailure() => KeptLogs.Keep("/nowhere/x", "defect", "text", NullLogger.Instance).Should().BeNull();

    [Fact]
    public void Keep_ManyMigrations_OnlyTheNewestStay()
    {
        for (int migration = 0; migration < KeptLogs.Newest + 3; migration++)
        {
            string kept = KeptLogs.Keep(ImagesOf(migration), "defect", "text", NullLogger.Instance)!;
            File.SetLastWriteTimeUtc(kept, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(100 - migration));
        }

        KeptLogs.Prune(_work);

        Directory.GetFiles(_work).Select(Path.GetFileName).Should().HaveCount(KeptLogs.Newest).And.NotContain($"{0:x32}.defect.log").And.Contain($"{KeptLogs.Newest + 2:x32}.defect.log");
    }

    [Fact]
    public void Prune_OldLogsAndForeignFiles_OnlyOurOldOnesGo()
    {
        string old = KeptLogs.Keep(ImagesOf(1), "defect", "text", NullLogger.Instance)!;
        string foreign = Path.Combine(_work, "access.log");
        File.WriteAllText(foreign, "not ours");
        foreach (string file in (string[])[old, foreign])
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        KeptLogs.Prune(_work);

        Directory.GetFiles(_work).Should().Equal(foreign);
    }

    private string ImagesOf(int migration) => Directory.CreateDirectory(Path.Combine(_work, $"{migration:x32}")).FullName;
}
