using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.Preflight;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.Guardians;

public sealed class GuardianTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Program_SourceChanged_WasCompiledAgain()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(RepositoryRoot.File("native", "guardian", "guardian.c"))));

        GuardianProgram.Read().AsSpan().IndexOf(Encoding.ASCII.GetBytes($"guardian.c {hash}")).Should().BePositive("eng/guardian.sh is to be run after a change of the source");
    }

    [Fact]
    public void Dispose_Nothing_Settled_DoesEveryStepInItsOrder()
    {
        string kept = NewFile("kept", "content");
        string removed = NewFile("removed", "");
        string empty = Path.Combine(_directory, "empty");
        string last = NewFile("last", "0");
        Directory.CreateDirectory(empty);
        GuardianScript undo = new GuardianScript()
            .Write(Path.Combine(_directory, "missing"), "1")
            .Rename(kept, Path.Combine(_directory, "renamed"))
            .Remove(removed)
            .RemoveDirectory(empty)
            .Run(["/bin/sh", "-c", "printf %s \"$1\" >\"$2\"", "sh", "a b", Path.Combine(_directory, "ran")])
            .Repeat(2, new GuardianScript().Wait(TimeSpan.FromMilliseconds(1)).Write(last, "again"));

        Guardian.Start("test", undo).Dispose();

        Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName).Should().BeEquivalentTo("renamed", "ran", "last");
        File.ReadAllText(Path.Combine(_directory, "renamed")).Should().Be("content");
        File.ReadAllText(Path.Combine(_directory, "ran")).Should().Be("a b");
        File.ReadAllText(last).Should().Be("again");
    }

    [Theory]
    [InlineData(new bool[0], "undone")]
    [InlineData(new[] { true }, "settled")]
    [InlineData(new[] { true, false }, "undone")]
    [InlineData(new[] { false, true }, "settled")]
    public void Dispose_Told_TheLastWordCounts(bool[] words, string outcome)
    {
        string file = NewFile("outcome", "");
        var guardian = Guardian.Start("test", new GuardianScript().Write(file, "undone"), new GuardianScript().Write(file, "settled"));
        foreach (bool word in words)
        {
            guardian.Settle(word);
        }

        guardian.Dispose();

        File.ReadAllText(file).Should().Be(outcome);
    }

    [Fact]
    public void Start_PathIsEmpty_NeedsNothingFromIt()
    {
        string file = NewFile("outcome", "");
        string before = Environment.GetEnvironmentVariable("PATH")!;
        try
        {
            Environment.SetEnvironmentVariable("PATH", "/nonexistent");
            Guardian.Start("test", new GuardianScript().Write(file, "undone")).Dispose();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }

        File.ReadAllText(file).Should().Be("undone");
    }

    [Fact]
    public async Task Killed_IsReplaced_TheOtherOneKnowsWhatItWasTold()
    {
        string file = NewFile("outcome", "");
        var replaced = new TaskCompletionSource();
        using var guardian = Guardian.Start("test", new GuardianScript().Write(file, "undone"), new GuardianScript().Write(file, "settled"), replaced: replaced.SetResult);
        guardian.Settle();

        Kill(guardian.ProcessId);
        await replaced.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        guardian.Dispose();

        File.ReadAllText(file).Should().Be("settled");
    }

    [Fact]
    public async Task Killed_NotYetToBeReplaced_IsGone()
    {
        string file = NewFile("outcome", "");
        using var guardian = Guardian.Start("test", new GuardianScript().Write(file, "undone"), isReplaced: false);

        Kill(guardian.ProcessId);
        for (int i = 0; i < 300 && !guardian.IsGone; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        guardian.IsGone.Should().BeTrue();
        FluentActions.Invoking(() => guardian.Settle()).Should().NotThrow();
    }

    [Fact]
    public void Killed_MomentBeforeTheEnd_ItsWorkIsDoneAllTheSame()
    {
        string file = NewFile("outcome", "");
        var guardian = Guardian.Start("test", new GuardianScript().Write(file, "undone"), isReplaced: false);
        Kill(guardian.ProcessId);

        guardian.Dispose();

        File.ReadAllText(file).Should().Be("undone");
    }

    [Theory]
    [InlineData("0::/agent", "0::/agent", 1)]
    [InlineData("0::/agent", "0::/agent/below", 1)]
    [InlineData("0::/agent", "0::/agents", 0)]
    [InlineData("0::/", "0::/", 0)]
    [InlineData("3:cpu:/agent", "3:cpu:/", 0)]
    public void Shared_Memberships_OnlyThoseThatAreEndedTogether(string own, string other, int count) => GuardianGroup.Shared([own], [other]).Should().HaveCount(count);

    [Fact]
    public void PipeSizeLimit_TwoAtOnce_TheLastPutsBack()
    {
        string setting = NewFile("setting", "1048576\n");
        var first = PipeSizeLimit.Raise(setting, Path.Combine(_directory, "notes"));
        var second = PipeSizeLimit.Raise(setting, Path.Combine(_directory, "notes"));

        first.Dispose();
        string meanwhile = File.ReadAllText(setting);
        second.Dispose();

        meanwhile.Should().Be("8388608");
        File.ReadAllText(setting).Trim().Should().Be("1048576");
    }

    [Fact]
    public void PipeSizeLimit_HighEnough_IsLeft()
    {
        string setting = NewFile("setting", "16777216\n");

        PipeSizeLimit.Raise(setting, Path.Combine(_directory, "notes")).Dispose();

        File.ReadAllText(setting).Should().Be("16777216\n");
        Directory.Exists(Path.Combine(_directory, "notes")).Should().BeFalse();
    }

    /// <summary>What a process leaves that is killed: the files without a lock. Another borrower that lives keeps the setting as it is.</summary>
    [Theory]
    [InlineData(false, "1048576")]
    [InlineData(true, "8388608")]
    public void GiveBack_BorrowerWasKilled_PutsBackUnlessAnotherLives(bool anotherLives, string expected)
    {
        string notes = Path.Combine(_directory, "notes");
        Directory.CreateDirectory(notes);
        string setting = NewFile("setting", "8388608\n");
        string lockPath = NewFile("notes/name.lock", "");
        string before = NewFile("notes/name.before", "1048576");
        string killed = NewFile("notes/name.held-killed", "");
        using FileStream? living = anotherLives ? new FileStream(Path.Combine(notes, "name.held-living"), FileMode.Create, FileAccess.Write, FileShare.None) : null;

        Guardian.Start("test", new GuardianScript().GiveBack(lockPath, before, notes, "name.held-", setting, "8388608")).Dispose();

        File.ReadAllText(setting).Trim().Should().Be(expected);
        File.Exists(killed).Should().BeFalse();
        File.Exists(before).Should().Be(anotherLives);
    }

    [Fact]
    public void EndGroups_ProcessesAreListed_AllAreKilledAndTheGroupIsThawed()
    {
        using Process first = Process.Start("sleep", "1000");
        using Process second = Process.Start("sleep", "1000");
        string group = Path.Combine(_directory, "group");
        Directory.CreateDirectory(group);
        string members = NewFile("group/cgroup.procs", $"{first.Id}\n{second.Id}\n");
        string state = NewFile("group/freezer.state", "FROZEN");
        var guardian = Guardian.Start("test", new GuardianScript().EndGroups([Path.Combine(_directory, "missing"), group]));
        Task emptied = Task.Run(() =>
        {
            first.WaitForExit();
            second.WaitForExit();
            File.WriteAllText(members, "");
        });

        guardian.Dispose();

        emptied.IsCompletedSuccessfully.Should().BeTrue();
        File.ReadAllText(state).Should().Be("THAWED");
    }

    private static void Kill(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        process.Kill();
        process.WaitForExit();
    }

    private string NewFile(string name, string content)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
