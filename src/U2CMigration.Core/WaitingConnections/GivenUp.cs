using System.Globalization;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>Says what was given up.</summary>
internal static class GivenUp
{
    /// <summary>Counts connections by the address that they were made to, and warns of them.</summary>
    /// <param name="waiting">The connections; a connection may be among them twice.</param>
    /// <param name="context">The migration.</param>
    public static IReadOnlyList<GivenUpConnections> Count(IEnumerable<CarriedConnection> waiting, SourceContext context)
    {
        GivenUpConnections[] counted = [.. waiting.Distinct().GroupBy(static one => one.Local).Select(static one => new GivenUpConnections(one.Key, one.Count())).OrderBy(static one => one.Listener, StringComparer.Ordinal)];
        foreach (GivenUpConnections one in counted)
        {
            context.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Count} {(one.Count == 1 ? "connection" : "connections")} to {one.Listener} had not been accepted by the workload when it was frozen and could not move along: {(one.Count == 1 ? "it was" : "they were")} ended with a reset, so that clients can try again."));
        }

        return counted;
    }
}
