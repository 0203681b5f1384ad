using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.SharedFiles;

/// <summary>Locks on files that both hosts see: the frozen source holds them while the destination restores, and somebody else may want them.</summary>
[Collection<SharedRig>]
public sealed class FileLockTests(RigFixture fixture)
{
    private const string LinkEndpoint = $"{Rig.AddressOfB}:9411";

    private static readonly string[] AllKinds =
        ["posix", "posix-shared", "posix-upgraded", "posix-child", "flock", "flock-shared", "flock-inherited", "ofd", "ofd-inherited"];

    /// <summary>What hangs fails, in milliseconds.</summary>
    private const int Limit = 90_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [Shows(Kind.Files, "file locks (POSIX, flock, open file description), inherited ones too", Outcome.Moved, Because = "Also on files that both hosts see.")]
    [InlineData(false, "auto")]
    [InlineData(true, "auto")]
    [InlineData(true, "flat-images")]
    public async Task Move_LocksThatBothHostsSee_AreHeldThereAndBack(bool ownCgroup, string restoreMode)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup, Cancellation, AllKinds);
        string before = await holder.ProbeAsync(Rig.A, Cancellation);

        await Carrier.MoveAsync(fixture.Rig, Rig.A, holder.ProcessId, Cancellation, "--restore-mode", restoreMode);
        string there = await holder.ProbeAsync(Rig.B, Cancellation);
        bool runsThere = await holder.RunsAsync(Cancellation);
        await Carrier.MoveAsync(fixture.Rig, Rig.B, holder.ProcessId, Cancellation, "--restore-mode", restoreMode);
        string back = await holder.ProbeAsync(Rig.A, Cancellation);
        bool runsBack = await holder.RunsAsync(Cancellation);

        before.Should().Contain("posix=held").And.Contain("flock-shared=shared").And.Contain("flock-inherited=held").And.NotContain("free");
        (there, back).Should().Be((before, before));
        (runsThere, runsBack).Should().Be((true, true));
    }

    [Theory(Timeout = Limit)]
    [Shows(Kind.Files, "a file lock for which a process outside waits", Outcome.RolledBack, Remedy = "End that process or let the workload give the lock up, and try again.")]
    [InlineData("posix", Rig.A, "(filelocks)")]
    [InlineData("flock", Rig.A, "(filelocks)")]
    [InlineData("ofd", Rig.A, "the kernel does not name")]
    [InlineData("posix", Rig.B, "another PID namespace")]
    public async Task Send_OtherProcessWaitsForALock_IsRefusedByNameAndTheWorkloadKeepsIt(string kind, string waitsIn, string name)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup: true, Cancellation, kind);
        await using RigProcess waiting = await holder.StartWaitingAsync(waitsIn, kind, Cancellation);
        await using Carrier carrier = await Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation);
        await using RigProcess sender = carrier.StartSending(holder.ProcessId);

        CommandResult result = await sender.WaitAsync(Cancellation);
        string after = await holder.ProbeAsync(Rig.A, Cancellation);
        bool runs = await holder.RunsAsync(Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("waits for a lock that the workload holds").And.Contain($"{holder.Directory}/{kind}").And.Contain(name).And.Contain("runs on the source as before");
        (after, runs, waiting.HasExited).Should().Be(($"{kind}=held", true, false));
    }

    [Theory(Timeout = Limit)]
    [InlineData(MessageType.Committed)]
    [InlineData(MessageType.LocksReleased)]
    [InlineData(MessageType.Resumed)]
    public async Task Resolve_LinkLostWhileLocksAreHandedOver_EndsWithOneCopyThatHasThem(MessageType lost)
    {
        Requires.Testbed();
        await using FileHolder holder = await FileHolder.StartAsync(fixture.Rig, ownCgroup: true, Cancellation, "posix", "flock", "ofd");
        await using Carrier carrier = await Carrier.StartAsync(fixture.Rig, Rig.A, Cancellation, "--count", "0");
        await using RigProcess link = await StartLinkAsync(lost);
        await using RigProcess sender = carrier.StartSendingTo(LinkEndpoint, holder.ProcessId);
        await link.ReadLineAsync($"holding {lost}", Cancellation);

        await link.Input.WriteLineAsync("cut".AsMemory(), Cancellation);
        await link.Input.FlushAsync(Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);
        bool runs = await holder.RunsAsync(Cancellation);
        string there = await holder.ProbeAsync(Rig.B, Cancellation);
        CommandResult left = await fixture.Rig.ExecAsync(Rig.A, ["pgrep", "-x", "filelocks"], Cancellation);

        result.ExitCode.Should().Be(0, $"{result.Output} {result.Error}");
        if (lost != MessageType.LocksReleased)
        {
            // That one is not needed: the locks themselves say that they are free.
            result.Error.Should().Contain("The migration is settled: Moved");
        }

        (runs, there, left.Output).Should().Be((true, "posix=held flock=held ofd=held", string.Empty));
    }

    private async Task<RigProcess> StartLinkAsync(MessageType held)
    {
        RigProcess link = fixture.Rig.Start(Rig.B, "dotnet", "exec", Migration.ProgramInHosts.Path("U2CMigration.Disturbance"), "link", "9411", "127.0.0.1:9412", $"{held}");
        await link.ReadLineAsync("ready", Cancellation);
        return link;
    }
}
