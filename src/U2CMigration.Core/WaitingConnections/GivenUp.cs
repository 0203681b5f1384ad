using System.Globalization;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Results;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>Says what was given up.</summary>
internal static class GivenUp
{
    /// <summary>Counts connections by the address that they were made to, and warns of them.</summary>
    /// <param name="waiting">The connections; a connection may be among them twice.</param>
    /// <param name="notes">Hears of them.</param>
    public static IReadOnlyList<GivenUpConnections> Count(IEnumerable<CarriedConnection> waiting, MigrationNotes notes)
    {
        GivenUpConnections[] counted = [.. waiting.Distinct().GroupBy(static one => one.Local).Select(static one => new GivenUpConnections(one.Key, one.Count())).OrderBy(static one => one.Listener, StringComparer.Ordinal)];
        foreach (GivenUpConnections one in counted)
        {
            notes.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Count} {(one.Count == 1 ? "connection" : "connections")} to {one.Listener} had not been accepted by the workload when it was frozen and could not move along: {(one.Count == 1 ? "it was" : "they were")} ended with a reset, so that clients can try again."));
        }

        return counted;
    }
}
