using System.Net;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Receiving;

namespace U2CMigration.Disturbance;

/// <summary>Receives one workload, with a fault put on one of the ways on which its memory comes.</summary>
internal static class FaultyReceiver
{
    public static async Task<int> RunAsync(int port, string address, RestoreMode mode, string fault)
    {
        AddressHandover handover = AddressHandover.Parse(address);
        StutteringNetwork? stuttering = StutteringNetwork.Of(fault, handover);
        var options = new MigrationReceiverOptions
        {
            Listen = new IPEndPoint(IPAddress.Any, port),
            Network = stuttering is null ? handover : stuttering,
            RestoreMode = mode,
            Policy = ImageLies.PolicyFor(fault),
            Faults = stuttering is not null ? null : ImageLies.Of(fault) ?? new PutInFault().Of(fault),
            AllowUnauthenticated = true,
        };
        await using MigrationReceiver receiver = MigrationReceiver.Create(options);
        Console.WriteLine("ready");
        MigratedContainer arrived = await receiver.ReceiveAsync(CancellationToken.None);
        Console.WriteLine($"arrived {arrived.RootProcessId} {string.Join(' ', arrived.Warnings)}");
        return 0;
    }
}
