using U2CMigration.Core.Handover;

namespace U2CMigration.Disturbance;

/// <summary>Brings addresses to this host, and fails to announce them for some time, as a network that has its controller restarted.</summary>
internal sealed class StutteringNetwork(AddressHandover network) : IDestinationNetwork
{
    /// <summary>Its name among the faults.</summary>
    public const string Fault = "announcement";

    private const int Failures = 3;

    public async ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken) =>
        new Arriving(await network.PrepareAsync(request, cancellationToken));

    private sealed class Arriving(IArrivingAddress address) : IArrivingAddress
    {
        private int _attempts;

        public ValueTask AcquireAsync(CancellationToken cancellationToken) => address.AcquireAsync(cancellationToken);

        public ValueTask AnnounceAsync(CancellationToken cancellationToken) => ++_attempts > Failures ? address.AnnounceAsync(cancellationToken) : throw new IOException("503 of the controller");

        public ValueTask AbandonAsync(CancellationToken cancellationToken) => address.AbandonAsync(cancellationToken);
    }
}
