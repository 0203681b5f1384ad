using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Containers of podman whose migration fails.</summary>
[Collection<PodmanCollection>]
public sealed class PodmanFailureTests(PodmanRig fixture) : IDisposable
{
    private readonly CancellationTokenSource _limit = Limited();

    private CancellationToken Cancellation => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Theory]
    [InlineData("runtime")]
    [InlineData("low runtime")]
    [InlineData("conmon")]
    [InlineData("stub")]
    [InlineData("sender in the freeze")]
    [InlineData("sender in the hold")]
    [InlineData("receiver in the wait")]
    [InlineData("receiver in the hold")]
    public async Task Send_SomethingIsKilled_RunsOnHereAndNothingIsThere(string what)
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.StartAsync(rig, Cancellation, "--restart", "always");

        await ContainerFailures.KilledAsync(rig, container, what, Cancellation);
    }

    [Fact]
    public async Task Send_CriuIsKilledInTheRestore_RunsOnHereAndNothingIsThere()
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.StartAsync(rig, Cancellation);

        await ContainerFailures.CriuKilledAsync(rig, container, Cancellation);
    }

    [Fact]
    public async Task Send_NameIsTakenInBetween_RunsOnHereAndTheOtherIsLeftAlone()
    {
        Rig rig = await fixture.UpAsync(Cancellation);
        await using RunningPodman container = await RunningPodman.StartAsync(rig, Cancellation);

        await ContainerFailures.NameTakenAsync(rig, container, Cancellation);
    }

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        return limit;
    }
}
