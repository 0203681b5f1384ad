using System.Diagnostics;
using U2CMigration.Core.WorkDirectories;

namespace U2CMigration.Core.Tests.WorkDirectories;

public sealed class ClaimedDirectoryTests : IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("claims").FullName;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void RemoveAbandoned_InUse_IsLeftAlone()
    {
        using ClaimedDirectory mine = ClaimedDirectory.Create(Path.Combine(_work, "mine"));

        ClaimedDirectory.RemoveAbandoned(_work);

        Directory.Exists(Path.Combine(_work, "mine")).Should().BeTrue();
    }

    [Fact]
    public void RemoveAbandoned_OwnerIsGone_IsRemoved()
    {
        // What a killed process leaves: the file of the claim without its lock.
        Directory.CreateDirectory(Path.Combine(_work, "left"));
        File.WriteAllText(Path.Combine(_work, "left", ".claim"), "");
        File.WriteAllText(Path.Combine(_work, "left", "core-1.img"), "x");

        ClaimedDirectory.RemoveAbandoned(_work);

        Directory.Exists(Path.Combine(_work, "left")).Should().BeFalse();
    }

    [Fact]
    public void RemoveAbandoned_DirectoryOfAnotherKind_IsLeftAlone()
    {
        Directory.CreateDirectory(Path.Combine(_work, "other"));

        ClaimedDirectory.RemoveAbandoned(_work);

        Directory.Exists(Path.Combine(_work, "other")).Should().BeTrue();
    }

    [Fact]
    public void Dispose_Twice_RemovesItOnce()
    {
        ClaimedDirectory mine = ClaimedDirectory.Create(Path.Combine(_work, "mine"));
        mine.Dispose();
        Directory.CreateDirectory(Path.Combine(_work, "mine"));

        mine.Dispose();

        Directory.Exists(Path.Combine(_work, "mine")).Should().BeTrue();
    }

    [Fact]
    public void Create_HeldByAnotherProcess_IsNotAbandoned()
    {
        Directory.CreateDirectory(Path.Combine(_work, "theirs"));
        string claim = Path.Combine(_work, "theirs", ".claim");
        using Process other = Process.Start(new ProcessStartInfo("flock", [claim, "sh", "-c", "echo held; read end"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        other.StandardOutput.ReadLine().Should().Be("held");

        ClaimedDirectory.RemoveAbandoned(_work);

        Directory.Exists(Path.Combine(_work, "theirs")).Should().BeTrue();
        other.StandardInput.Close();
        other.WaitForExit();
    }
}
