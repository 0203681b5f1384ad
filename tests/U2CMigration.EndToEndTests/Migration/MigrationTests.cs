using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>The promise itself: a workload that checks its own memory moves between two hosts with a client connected all along.</summary>
[Collection<SharedRig>]
public sealed class MigrationTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "private memory, mapped, unmapped, moved, grown and written all the time", Outcome.Moved)]
    [Shows(Kind.Processes, "a tree of processes and threads, each with memory of its own", Outcome.Moved)]
    [Shows(Kind.Sockets, "connections of clients that stay open, to an address that moves along", Outcome.Moved)]
    [InlineData("familytree", 7901, true)]
    [InlineData("shapeshifter", 7902, true)]
    [InlineData("familytree", 7903, false)]
    [InlineData("shapeshifter", 7904, false)]
    public async Task Move_RunningWorkload_GoesOnWithEveryPageEqual(string program, int port, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, program, port, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation);
        long after = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));

        after.Should().BeGreaterThan(before);
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        result.GetProperty("pagesVerified").GetInt64().Should().BeGreaterThan(0);
    }

    /// <summary>
    /// What CRIU is told of mappings was read before the freeze. This program changes a flag every microsecond, so that it is hardly ever still true, and
    /// compares the flags when it goes on.
    /// </summary>
    [Fact]
    [Shows(Kind.Memory, "advice and protection of mappings that change until the freeze", Outcome.Moved)]
    public async Task Move_FlagsOfMappingsChangeUntilTheFreeze_TheyAreThoseOfTheFreeze()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "adviser", 7910, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await workload.PutIntoOwnCgroupAsync(Cancellation);

        await agents.MoveAsync(workload.ProcessId, Cancellation);

        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ").And.NotContain("standstills=0");
    }

    /// <summary>With more memory it is only known behind the restore; should it have been wrong, the program runs on here and a retry is what the error asks for.</summary>
    [Fact]
    public async Task Move_FlagsChangeInALargeProcess_TheyAreThoseOfTheFreezeOrItIsTriedAgain()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "adviser", 7911, Cancellation, "--memory-mib", "128");
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        CommandResult result;
        int attempts = 0;
        do
        {
            await using RigProcess sender = agents.StartSending(workload.ProcessId, "--verify");
            result = await sender.WaitAsync(Cancellation);
            (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ").And.NotContain("standstills=0");
            attempts++;
        }
        while (attempts < 5 && result.ExitCode != 0 && result.Output.Contains("It runs on here, unharmed; try again", StringComparison.Ordinal));

        result.Successful();
    }

    [Fact]
    public async Task Move_IntoFlatImages_GoesOnWithEveryPageEqual()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7905, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--restore-mode", "flat-images");

        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        answer.Should().StartWith("ok ");
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
    }

    [Theory]
    [InlineData("familytree", 7908)]
    [InlineData("shapeshifter", 7909)]
    public async Task Move_WithTheCodec_GoesOnWithEveryPageEqual(string program, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, program, port, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        JsonElement result = await agents.MoveAsync(workload.ProcessId, Cancellation, "--strategy", "precopy-qemu+codec");
        string answer = await workload.AskAsync("check", Cancellation);

        answer.Should().StartWith("ok ");
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        result.GetProperty("pagesVerified").GetInt64().Should().BePositive();
        JsonElement kinds = result.GetProperty("codec").GetProperty("kinds");
        kinds.EnumerateObject().Where(kind => kind.Name is not ("raw" or "zero")).Sum(kind => kind.Value.GetProperty("pages").GetInt64()).Should().BePositive();
    }

    [Fact]
    [Shows(Kind.Processes, "processes that fork while their memory is copied", Outcome.Moved)]
    public async Task Move_FamilyForksMeanwhile_GoesOnWithEveryPageEqual()
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, "familytree", 7906, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(family.ProcessId, "--max-mbit", "20", "--verify");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);

        await family.AskAsync("fork", Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);
        string answer = await family.AskAsync("check", Cancellation);

        answer.Should().StartWith("ok members=");
        result.Output.Should().Contain("\"pagesMismatched\":0");
    }

    [Fact]
    public async Task Move_Done_LeavesNothingOnTheSource()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7907, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        // Other tests share this host: what it keeps of them, a failure's log or a migration received, is not ours.
        string before = await FilesAsync();
        await agents.MoveAsync(workload.ProcessId, Cancellation);
        CommandResult left = await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", "pgrep -x 'criu|shapeshifter'; ip -o address show to 10.77.0.100"], Cancellation);

        left.Output.Should().BeEmpty();
        (await FilesAsync()).Should().Be(before);

        async Task<string> FilesAsync() => (await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", "ls /run/u2cmigration 2>/dev/null | grep -vx downtimes.json"], Cancellation)).Output;
    }
}
