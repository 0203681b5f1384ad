using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Peculiarities;

/// <summary>Processes that have no vDSO or run 32-bit code, alone and between others, are tracked and moved like all others.</summary>
[Collection<SharedRig>]
public sealed class CodeTests(RigFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Processes, "processes without vDSO, and with 32-bit code", Outcome.Moved)]
    [InlineData("v", false, "auto")]
    [InlineData("x", true, "auto")]
    [InlineData("- v x", true, "auto")]
    [InlineData("v x", false, "write-protect")]
    [InlineData("v - x", true, "content-hash")]
    [InlineData("c v", true, "auto")]
    public async Task Move_ProcessesWithoutVdsoOrWith32BitCode_RunOnWithEveryPageEqual(string processes, bool hasOwnCgroup, string tracker)
    {
        Requires.Testbed();
        await using PeculiarTree tree = await PeculiarTree.StartAsync(fixture.Rig, processes, hasOwnCgroup, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        JsonElement moved = await agents.MoveAsync(tree.ProcessId, Cancellation, "--tracker", tracker);
        long arrived = await tree.TurnsAsync(0, Cancellation);

        (await tree.TurnsAsync(arrived, Cancellation)).Should().BeGreaterThan(arrived);
        moved.GetProperty("tracker").GetString().Should().Be(tracker == "auto" ? "write-protect" : tracker);
        moved.GetProperty("pagesVerified").GetInt64().Should().BePositive();
    }
}
