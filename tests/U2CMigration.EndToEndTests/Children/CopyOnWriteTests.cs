using System.Globalization;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>What a family has in common by copy-on-write it has in common on the destination, and on the source as long as it is there.</summary>
[Collection<SharedRig>]
public sealed class CopyOnWriteTests(RigFixture fixture)
{
    private const string Program = "cowfamily";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "memory that a family shares by copy-on-write", Outcome.Moved, Because = "It stays shared; what an ended ancestor had left to several branches is not shared between them any more.")]
    [InlineData("u2c", 7940, true, 32)]
    [InlineData("precopy-converge", 7941, false, 32)]
    [InlineData("u2c", 7943, false, 1)]
    [InlineData("u2c", 7944, true, 2)]
    public async Task Move_Family_NeedsNoMoreMemoryThanBefore(string strategy, int port, bool hasOwnCgroup, int mebibytes)
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, Program, port, Cancellation, "--memory-mib", $"{mebibytes}");
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        if (hasOwnCgroup)
        {
            await family.PutIntoOwnCgroupAsync(Cancellation);
        }

        double before = await MebibytesAsync(Rig.A);
        await agents.MoveAsync(family.ProcessId, Cancellation, "--strategy", strategy);

        // The part that the parent had given up was common to its children: they have no parent any more from whom to inherit it.
        (await MebibytesAsync(Rig.B)).Should().BeLessThan(before * 1.25);
        (await family.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        (await MebibytesAsync(Rig.B)).Should().BeLessThan(before * 1.25);
    }

    /// <summary>A page that is read in the wrong way is no longer shared: the source would need memory for each process.</summary>
    [Fact]
    public async Task Send_GivenUpAtTheDestination_TheSourceNeedsNoMoreMemoryThanBefore()
    {
        Requires.Testbed();
        await using RunningWorkload family = await RunningWorkload.StartAsync(fixture.Rig, Program, 7942, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        double before = await MebibytesAsync(Rig.A);

        // Slow enough to be looked at in the middle.
        await using RigProcess sender = agents.StartSending(family.ProcessId, "--max-mbit", "200", "--codec", "off", "--strategy", "precopy-converge");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation);
        await agents.Receiver.KillAsync();
        await sender.WaitAsync(Cancellation);

        (await MebibytesAsync(Rig.A)).Should().BeLessThan(before * 1.1);
        (await family.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>What the family takes of the memory of its host: each page counted once.</summary>
    private async Task<double> MebibytesAsync(string host)
    {
        CommandResult result = await fixture.Rig.ExecAsync(
            host, ["sh", "-c", $"for p in $(pgrep -x {Program}); do grep ^Pss: /proc/$p/smaps_rollup; done | awk '{{ s += $2 }} END {{ print s / 1024 }}'"], Cancellation);
        return double.Parse(result.Successful(), CultureInfo.InvariantCulture);
    }
}
