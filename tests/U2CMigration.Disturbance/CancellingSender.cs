using System.Net;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Disturbance;

/// <summary>Migrates, and cancels in the very moment in which a phase is entered.</summary>
internal static class CancellingSender
{
    public static async Task<int> RunAsync(int processId, IPEndPoint destination, string address, MigrationPhase phase)
    {
        using var cancellation = new CancellationTokenSource();
        // The standard streams of workloads are pipes to the tests, which stay.
        var options = new MigrationSessionOptions { Destination = destination, Network = AddressHandover.Parse(address), GivesUp = GiveUp.OutsidePipes, AllowUnauthenticated = true };
        await using MigrationSession session = MigrationSession.Create(MigrationTarget.Process(processId), options);
        try
        {
            await session.RunAsync(new Canceller(phase, cancellation), cancellation.Token);
            Console.WriteLine($"moved, {session.Phase}");
            return 0;
        }
        catch (OperationCanceledException e)
        {
            Console.WriteLine($"cancelled, {session.Phase}: {e.Message}");
            return 1;
        }
        catch (MigrationException e)
        {
            Console.WriteLine($"failed, {e.Phase}: {e.Message}");
            return 3;
        }
    }

    private sealed class Canceller(MigrationPhase phase, CancellationTokenSource cancellation) : IProgress<MigrationProgress>
    {
        public void Report(MigrationProgress value)
        {
            if (value.Phase == phase && !cancellation.IsCancellationRequested)
            {
                Console.WriteLine($"cancelling in {phase}");
                // The token says so at once; what hangs on it must not run inside this handler.
                _ = cancellation.CancelAsync();
            }
        }
    }
}
