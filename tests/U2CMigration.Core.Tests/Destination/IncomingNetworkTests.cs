using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Tests.Destination;

public sealed class IncomingNetworkTests
{
    private static readonly AddressRequest Request = new(Guid.NewGuid(), null, [], []);

    [Fact]
    public async Task Announce_FailsAtFirst_IsTriedAgainAndNamedUntilThen()
    {
        var network = new Network { IsFailing = true };
        var incoming = new IncomingNetwork(network, Request, NullLogger.Instance);
        await incoming.PrepareAsync(null, default);

        incoming.BeginAnnouncing();
        bool atOnce = await incoming.AwaitUsualAnnouncementAsync();
        string? problem = incoming.Problem;
        network.IsFailing = false;
        await incoming.Announced.WaitAsync(TimeSpan.FromSeconds(30));

        atOnce.Should().BeFalse();
        problem.Should().Match("*could not be announced*no route controller*");
        incoming.Problem.Should().BeNull();
        network.Announced.Should().Be(1);
    }

    [Fact]
    public async Task AwaitUsualAnnouncement_AnnouncementHangs_TheWordThatItRunsIsNotPutOff()
    {
        var network = new Network { Hanging = new TaskCompletionSource() };
        var incoming = new IncomingNetwork(network, Request, NullLogger.Instance);
        await incoming.PrepareAsync(null, default);

        incoming.BeginAnnouncing();
        bool announced = await incoming.AwaitUsualAnnouncementAsync().WaitAsync(TimeSpan.FromSeconds(10));
        network.Hanging.SetResult();
        await incoming.Announced;

        announced.Should().BeFalse();
        (await incoming.AwaitUsualAnnouncementAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Abandon_OneOfTwoMigrations_TheOtherKeepsItsAddress()
    {
        var network = new Network();
        var first = new IncomingNetwork(network, Request, NullLogger.Instance);
        var second = new IncomingNetwork(network, Request with { MigrationId = Guid.NewGuid() }, NullLogger.Instance);
        await first.PrepareAsync(null, default);
        first.BeginAnnouncing();
        await first.Announced;

        await second.PrepareAsync(null, default);
        await second.AbandonAsync();

        network.Announced.Should().Be(1);
    }

    /// <summary>Counts announced addresses; each migration has a state of its own, as the interface demands.</summary>
    private sealed class Network : IDestinationNetwork
    {
        public volatile bool IsFailing;

        public TaskCompletionSource? Hanging { get; init; }

        public int Announced { get; private set; }

        public ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<IArrivingAddress>(new Arriving(this));

        private sealed class Arriving(Network network) : IArrivingAddress
        {
            private bool _announced;

            public ValueTask AcquireAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

            public async ValueTask AnnounceAsync(CancellationToken cancellationToken)
            {
                await (network.Hanging?.Task ?? Task.CompletedTask);
                if (network.IsFailing)
                {
                    throw new IOException("503 from no route controller");
                }

                _announced = true;
                network.Announced++;
            }

            public ValueTask AbandonAsync(CancellationToken cancellationToken)
            {
                network.Announced -= _announced ? 1 : 0;
                return ValueTask.CompletedTask;
            }
        }
    }
}
