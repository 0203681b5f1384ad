using System.Globalization;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>Lets the peers of connections that nobody had accepted know that these are gone, once this host has the workload's address.</summary>
internal static class ResetPeers
{
    /// <summary>When it is tried: a segment, or its answer, may be lost.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    /// <summary>Tries several times.</summary>
    /// <param name="connections">The connections.</param>
    /// <param name="rootProcessId">The restored root: its network namespace is where the address is.</param>
    /// <returns>Those to whose peers nothing could be sent.</returns>
    public static async Task<IReadOnlyList<CarriedConnection>> RunAsync(IReadOnlyList<CarriedConnection> connections, int rootProcessId)
    {
        IReadOnlyList<CarriedConnection> failed = [];
        foreach (TimeSpan pause in connections.Count == 0 ? [] : Pauses)
        {
            await Task.Delay(pause).ConfigureAwait(false);
            try
            {
                failed = Namespace.RunInNetwork(string.Create(CultureInfo.InvariantCulture, $"/proc/{rootProcessId}/ns/net"), () => Nudge.Send(connections));
            }
            catch (IOException)
            {
                // The workload has ended since, or its namespace cannot be entered.
                failed = connections;
            }
        }

        return failed;
    }
}
