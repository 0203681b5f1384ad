using U2CMigration.Core.Handover;

namespace U2CMigration.Disturbance;

/// <summary>Brings addresses to this host, and fails to announce them for some time, as a network that has its controller restarted.</summary>
internal sealed class StutteringNetwork(AddressHandover network, int failures) : IDestinationNetwork
{
    /// <summary>Its name among the faults.</summary>
    public const string Fault = "announcement";

    /// <summary>That of one that announces nothing at all.</summary>
    public const string SilentFault = "silence";

    private const int SomeFailures = 3;

    /// <summary>The network with a fault of that name; null where the name is none.</summary>
    public static StutteringNetwork? Of(string fault, AddressHandover network) => fault switch
    {
        Fault => new StutteringNetwork(network, SomeFailures),
        SilentFault => new StutteringNetwork(network, int.MaxValue),
        _ => null,
    };

    public async ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken) =>
        new Arriving(await network.PrepareAsync(request, cancellationToken), failures);

    private sealed class Arriving(IArrivingAddress address, int failures) : IArrivingAddress
    {
        private int _attempts;

        public ValueTask AcquireAsync(CancellationToken cancellationToken) => address.AcquireAsync(cancellationToken);

        public ValueTask AnnounceAsync(CancellationToken cancellationToken) => ++_attempts > failures ? address.AnnounceAsync(cancellationToken) : throw new IOException("503 of the controller");

        public ValueTask AbandonAsync(CancellationToken cancellationToken) => address.AbandonAsync(cancellationToken);
    }
}
