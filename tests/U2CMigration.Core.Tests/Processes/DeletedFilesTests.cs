using U2CMigration.Core.Convergence;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Processes;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;

namespace U2CMigration.Core.Tests.Processes;

public sealed class DeletedFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("deleted-files-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Find_OwnDeletedFiles_AreCountedOnceWithTheirBytesOnDisk()
    {
        using FileStream deleted = Delete("deleted", 64 << 10);
        using FileStream twice = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(deleted.SafeFileHandle.DangerousGetHandle(), ownsHandle: false), FileAccess.Read);
        using FileStream sparse = Delete("sparse", 0);
        sparse.SetLength(1 << 30);
        using var living = new FileStream(Path.Combine(_directory, "living"), FileMode.Create);

        List<DeletedFile> found = [.. DeletedFiles.Find([Environment.ProcessId]).Where(file => file.Path.StartsWith(_directory, StringComparison.Ordinal))];

        found.Select(file => Path.GetFileName(file.Path)).Should().BeEquivalentTo("deleted", "sparse");
        DeletedFiles.TotalBytes(found).Should().BeInRange(64 << 10, 128 << 10, "holes take nothing");
    }

    /// <summary>They travel while the workload is frozen, so they count into the downtime that is expected.</summary>
    [Fact]
    public void StateCost_DeletedFileIsOpen_ExpectsMoreDowntime()
    {
        using FileStream deleted = Delete("large", 32 << 20);
        var state = StateInventory.Take([Environment.ProcessId]);

        state.DeletedBytes.Should().BeGreaterThanOrEqualTo(32 << 20);
        var model = DowntimeModel.Untaught();
        (model.Expect(StateCost.PartsOf(state, 100e6)) - model.Expect(StateCost.PartsOf(state with { DeletedBytes = 0 }, 100e6))).Should().BeGreaterThan(TimeSpan.FromMilliseconds(320));
    }

    [Fact]
    public void Find_OtherNameLeft_IsTold()
    {
        string path = Path.Combine(_directory, "linked");
        using var file = new FileStream(path, FileMode.Create);
        System.Diagnostics.Process.Start("ln", [path, path + ".other"]).WaitForExit();
        File.Delete(path);

        DeletedFiles.Find([Environment.ProcessId]).Single(found => found.Path == path).HasOtherNames.Should().BeTrue();
    }

    /// <summary>It cannot have another name, and CRIU has a way of its own for it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/stat")]
    [InlineData("/task")]
    public void Find_ProcOfAProcessThatEnded_IsNoDeletedFile(string what)
    {
        using var process = System.Diagnostics.Process.Start("sleep", "60");
        string path = $"/proc/{process.Id}{what}";
        using var holder = System.Diagnostics.Process.Start("sh", ["-c", $"exec 9<{path}; exec sleep 60"]);
        SpinWait.SpinUntil(() => new FileInfo($"/proc/{holder.Id}/fd/9").LinkTarget == path, TimeSpan.FromSeconds(10)).Should().BeTrue();
        process.Kill();
        process.WaitForExit();

        IReadOnlyList<DeletedFile> found = DeletedFiles.Find([holder.Id]);
        holder.Kill();

        found.Should().BeEmpty();
    }

    [Theory]
    [InlineData(600L << 20, false, "of 600 MiB open, and the limit is 512 MiB")]
    [InlineData(500L << 20, false, null)]
    [InlineData(1, true, "has other names left")]
    public void Check_File_IsRefusedWithTheOptionThatHelps(long bytes, bool hasOtherNames, string? expected)
    {
        var problems = new List<string>();
        DeletedFileCheck.Check([new DeletedFile(1, "/var/tmp/x", bytes, hasOtherNames)], new CriuSettings(), CriuConfiguration.Parse([]), "/proc", problems, []);

        // /proc has no room at all, which is told of a file that could move.
        problems.Should().ContainSingle().Which.Should().Contain(expected ?? "500 MiB of deleted files open, which travel by way of the work directory");
    }

    [Theory]
    [InlineData("link-remap", null)]
    [InlineData(null, "--link-remap")]
    public void Check_LinkRemapByOtherMeans_Counts(string? configured, string? raw)
    {
        var problems = new List<string>();
        var settings = new CriuSettings { RawOptions = raw is null ? [] : [raw] };
        DeletedFileCheck.Check([new DeletedFile(1, "/x", 1, true)], settings, CriuConfiguration.Parse(configured is null ? [] : [configured]), "/", problems, []);
        problems.Should().BeEmpty();
    }

    private FileStream Delete(string name, int bytes)
    {
        var file = new FileStream(Path.Combine(_directory, name), FileMode.Create, FileAccess.ReadWrite, FileShare.Delete);
        byte[] content = new byte[bytes];
        Random.Shared.NextBytes(content);
        file.Write(content);
        file.Flush();
        File.Delete(file.Name);
        return file;
    }
}
