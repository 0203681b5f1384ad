using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Containers of runc and crun whose migration fails.</summary>
[Collection<SharedRig>]
public sealed class ContainerFailureTests(RigFixture fixture) : FailureTest(fixture)
{
    [Theory]
    [InlineData("crun", "runtime")]
    [InlineData("crun", "stub")]
    [InlineData("crun", "sender in the freeze")]
    [InlineData("crun", "sender in the hold")]
    [InlineData("crun", "receiver in the wait")]
    [InlineData("crun", "receiver in the hold")]
    [InlineData("runc", "runtime")]
    [InlineData("runc", "stub")]
    [InlineData("runc", "receiver in the hold")]
    public async Task Send_SomethingIsKilled_RunsOnHereAndNothingIsThere(string runtime, string what)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, runtime, Cancellation);

        await ContainerFailures.KilledAsync(Rig, container, what, Cancellation);
    }

    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Send_CriuIsKilledInTheRestore_RunsOnHereAndNothingIsThere(string runtime)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, runtime, Cancellation);

        await ContainerFailures.CriuKilledAsync(Rig, container, Cancellation);
    }

    [Theory]
    [InlineData("crun")]
    [InlineData("runc")]
    public async Task Send_NameIsTakenInBetween_RunsOnHereAndTheOtherIsLeftAlone(string runtime)
    {
        Requires.Testbed();
        await using RunningContainer container = await RunningContainer.StartAsync(Rig, runtime, Cancellation);

        await ContainerFailures.NameTakenAsync(Rig, container, Cancellation);
    }
}
