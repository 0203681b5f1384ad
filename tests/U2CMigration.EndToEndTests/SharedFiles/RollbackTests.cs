using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.SharedFiles;

/// <summary>What a restore does to files that both hosts see is undone by a rollback, and what it leaves on the destination is removed.</summary>
[Collection<SharedRig>]
public sealed class RollbackTests(RigFixture fixture)
{
    /// <summary>What hangs fails, in milliseconds.</summary>
    private const int Limit = 90_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [Shows(Kind.Files, "leases on files (F_SETLEASE)", Outcome.Moved)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Move_Leases_AreHeldThereAndBack(bool ownCgroup)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup, Cancellation, "lease", "lease-shared", "lease-inherited");

        await Carrier.MoveAsync(fixture.Rig, Rig.A, holder.ProcessId, Cancellation);
        string there = await holder.ProbeAsync(Rig.B, Cancellation);
        await Carrier.MoveAsync(fixture.Rig, Rig.B, holder.ProcessId, Cancellation);
        string back = await holder.ProbeAsync(Rig.A, Cancellation);

        (there, back).Should().Be(("lease=held lease-shared=held lease-inherited=held", "lease=held lease-shared=held lease-inherited=held"));
        (await holder.RunsAsync(Cancellation)).Should().BeTrue();
    }

    /// <summary>The holder is to write back before it gives the lease up, which it cannot do frozen; the restore would wait for that as long as the freeze may last.</summary>
    [Theory(Timeout = Limit)]
    [Shows(Kind.Files, "a lease that somebody wants to end", Outcome.Refused, Because = "It is found right before the freeze; a retry may succeed.", Remedy = "Try again when the workload has given it up.")]
    [InlineData("lease-wanted")]
    [InlineData("lease-wanted-for-reading")]
    [InlineData("lease-shared-wanted")]
    [InlineData("lease-inherited-wanted")]
    public async Task Send_LeaseThatSomebodyWantsToEnd_IsPutOffBeforeTheFreeze(string kind)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup: true, Cancellation, kind);
        await using Carrier carrier = await Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation);
        await using RigProcess sender = carrier.StartSending(holder.ProcessId);

        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("wants to open").And.Contain($"{holder.Directory}/{kind}").And.Contain("\"isTransient\":true").And.NotContain("\"Freezing\"");
        (await holder.RunsAsync(Cancellation)).Should().BeTrue();
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RollBack_AfterTheRestore_LeavesLeasesAndSocketsAsTheyWere(bool ownCgroup)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup, Cancellation, "posix", "lease", "lease-shared", "socket", "socket-relative");
        string before = await holder.ProbeAsync(Rig.A, Cancellation);

        // For this the source gives up when everything is restored and held in b.
        await using RigProcess waiting = await holder.StartWaitingAsync(Rig.A, "posix", Cancellation);
        await using Carrier carrier = await Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation);
        await using RigProcess sender = carrier.StartSending(holder.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        string after = await holder.ProbeAsync(Rig.A, Cancellation);

        before.Should().Be("posix=held lease=held lease-shared=held socket=held socket-relative=held");
        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("waits for a lock").And.Contain("\"workload\":\"Running\"");
        after.Should().Be(before);
        (await holder.RunsAsync(Cancellation)).Should().BeTrue("the workload said to run must run");
        Directory.EnumerateFiles(holder.Directory, ".u2c*").Should().BeEmpty("second names are gone");
    }

    [Fact(Timeout = Limit)]
    [Shows(Kind.Sockets, "listening unix sockets with a path, also a relative one", Outcome.Moved)]
    public async Task Move_Sockets_AnswerThereAndNoSecondNameIsLeft()
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup: true, Cancellation, "socket", "socket-relative");

        await Carrier.MoveAsync(fixture.Rig, Rig.A, holder.ProcessId, Cancellation);

        (await holder.ProbeAsync(Rig.B, Cancellation)).Should().Be("socket=held socket-relative=held");
        Directory.EnumerateFiles(holder.Directory, ".u2c*").Should().BeEmpty("second names are gone");
    }

    [Fact(Timeout = Limit)]
    public async Task Interrupt_RestoreHangs_LeavesNoFileOfItOnTheDestination()
    {
        Requires.Testbed();
        const string Left = "ls /tmp/filelocks-socket $1/*.ghost 2>/dev/null";
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup: true, Cancellation, "deleted", "socket-local", "open-local");
        await using RigProcess stubborn = await holder.StartWaitingAsync(Rig.B, "open-local", Cancellation);
        await using Carrier carrier = await Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation, "--count", "0");
        await using RigProcess sender = carrier.StartSending(holder.ProcessId);
        await sender.ReadLineAsync("\"Restoring\"", Cancellation);
        string[] look = ["sh", "-c", Left, "sh", holder.Directory];
        string made = string.Empty;
        for (int attempt = 0; attempt < 50 && made.Split('\n').Length < 3; attempt++)
        {
            made = (await fixture.Rig.ExecAsync(Rig.B, look, Cancellation)).Output;
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{sender.Id}"]))
        {
            await kill.WaitForExitAsync(Cancellation);
        }

        CommandResult result = await sender.WaitAsync(Cancellation);
        await stubborn.KillAsync();
        string left = made;
        for (int attempt = 0; attempt < 50 && left.Length > 0; attempt++)
        {
            left = (await fixture.Rig.ExecAsync(Rig.B, look, Cancellation)).Output;
        }

        made.Should().Contain("filelocks-socket").And.Contain(".ghost", "the restore hung after it had made them");
        result.ExitCode.Should().Be(1);
        left.Should().BeEmpty();
        (await holder.RunsAsync(Cancellation)).Should().BeTrue();
    }
}
