using System.Net;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>Connections that come to a container through a port of its host: translated there, by a table that stays behind.</summary>
internal static class PublishedPorts
{
    private const string Table = "/proc/net/nf_conntrack";

    /// <summary>How many are open to these addresses; 0 also where the kernel does not tell.</summary>
    public static int Count(IReadOnlyCollection<IPAddress> addresses)
    {
        try
        {
            return File.Exists(Table) ? Count(File.ReadLines(Table), addresses) : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>A line names the ends as the client sees them, and then as the one who answers does.</summary>
    internal static int Count(IEnumerable<string> lines, IReadOnlyCollection<IPAddress> addresses) => lines.Count(line =>
    {
        if (!line.Contains(" ESTABLISHED ", StringComparison.Ordinal))
        {
            return false;
        }

        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? called = words.FirstOrDefault(static word => word.StartsWith("dst=", StringComparison.Ordinal))?[4..];
        string? answers = words.Where(static word => word.StartsWith("src=", StringComparison.Ordinal)).Skip(1).FirstOrDefault()?[4..];
        return called != answers && IPAddress.TryParse(answers, out IPAddress? address) && addresses.Contains(address);
    });
}
