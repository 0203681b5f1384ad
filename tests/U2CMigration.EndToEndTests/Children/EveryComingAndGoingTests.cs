using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Children;

/// <summary>Each kind of tree that comes and goes, under each strategy, with and without a control group of its own, twenty times. An hour: <c>eng/test.sh --filter soak</c>.</summary>
[Collection<SharedRig>]
public sealed class EveryComingAndGoingTests(RigFixture fixture)
{
    private const int Moves = 20;
    private const int Port = 7990;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>All combinations.</summary>
    public static TheoryData<string, string, bool> Cells()
    {
        var cells = new TheoryData<string, string, bool>();
        foreach (string strategy in (string[])["u2c", "u2c-unpredicted", "precopy-converge", "precopy-qemu", "stop-and-copy"])
        {
            foreach (string tree in (string[])["shell", "make", "workers", "connections"])
            {
                cells.Add(tree, strategy, true);
                cells.Add(tree, strategy, false);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Move_TwentyTimes_EachTimeItGoesOn(string tree, string strategy, bool hasOwnCgroup)
    {
        for (int move = 1; move <= Moves; move++)
        {
            try
            {
                await MoveAsync(tree, strategy, hasOwnCgroup);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Move {move} of {Moves} failed.", e);
            }
        }
    }

    private Task MoveAsync(string tree, string strategy, bool hasOwnCgroup) => tree switch
    {
        "shell" => ComingAndGoing.MoveShellLoopAsync(fixture.Rig, hasOwnCgroup, strategy, Cancellation),
        "make" => ComingAndGoing.MoveMakeAsync(fixture.Rig, hasOwnCgroup, strategy, Cancellation),
        _ => ComingAndGoing.MoveServerAsync(fixture.Rig, tree, Port, hasOwnCgroup, strategy, Cancellation),
    };
}
