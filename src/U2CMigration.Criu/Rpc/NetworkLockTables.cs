using System.Collections.Frozen;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Rpc;

/// <summary>
/// The nftables table with which a dump locks connections, one rule for each. It outlives the dump by design; left behind, its rules would swallow the
/// packets of the same connections if the workload came back to this host.
/// </summary>
internal static partial class NetworkLockTables
{
    private const string Program = "nft";
    private const string NamePrefix = "CRIU-";

    /// <summary>Releases up to CRIU 4.2 cut the run id off where the name would pass 31 characters with its family.</summary>
    private const int LeastIdLength = 16;

    /// <summary>Removes the table of one dump.</summary>
    /// <param name="imagesDirectory">The images, which name the run of CRIU that made the table.</param>
    /// <param name="networkNamespace">The network namespace of the dumped tree; null for that of this process.</param>
    /// <exception cref="CriuException">The images do not name the run, or nft(8) is missing or fails; the message names the table to remove.</exception>
    public static void Remove(string imagesDirectory, string? networkNamespace)
    {
        string runId = ImageInventory.Read(Path.Combine(imagesDirectory, ImageInventory.FileName)).DumpRunId;
        if (runId.Length == 0)
        {
            throw new CriuException("The images do not name the run of CRIU that locked the network; remove its table by hand (nft list tables inet).", "COMMIT");
        }

        foreach (string name in Names(runId, networkNamespace).Where(name => Belongs(name, runId)))
        {
            Run(runId, networkNamespace, "delete", "table", "inet", name);
        }
    }

    /// <summary>The tables there are now, of whatever run.</summary>
    /// <returns>Their names; none where nft(8) is missing or fails, as CRIU cannot lock with it there either.</returns>
    public static IReadOnlySet<string> List(string? networkNamespace)
    {
        try
        {
            return Names("*", networkNamespace).ToFrozenSet();
        }
        catch (CriuException)
        {
            return FrozenSet<string>.Empty;
        }
    }

    /// <summary>Removes the tables that have come since <see cref="List"/> and lock connections of a tree: others are those of other dumps, whose trees may be frozen right now.</summary>
    /// <param name="before">What <see cref="List"/> returned.</param>
    /// <param name="connections">The connections of the tree.</param>
    /// <param name="networkNamespace">The network namespace of the dumped tree; null for that of this process.</param>
    /// <exception cref="CriuException">nft(8) is missing or fails; the message names the table to remove.</exception>
    public static void RemoveNew(IReadOnlySet<string> before, IReadOnlySet<(IPEndPoint, IPEndPoint)> connections, string? networkNamespace)
    {
        foreach (string name in Names("*", networkNamespace).Where(name => !before.Contains(name)).ToList())
        {
            string runId = name[NamePrefix.Length..];
            if (LockedIn(Run(runId, networkNamespace, "-n", "list", "table", "inet", name)).Any(connections.Contains))
            {
                Run(runId, networkNamespace, "delete", "table", "inet", name);
            }
        }
    }

    /// <summary>The connections that a table locks, as nft(8) lists it: elements of a set, or a rule for each.</summary>
    internal static IEnumerable<(IPEndPoint From, IPEndPoint To)> LockedIn(string listing)
    {
        foreach (Match match in Connection().Matches(listing))
        {
            if (EndPoint(match, 1) is { } from && EndPoint(match, 3) is { } to)
            {
                yield return (from, to);
            }
        }
    }

    private static IPEndPoint? EndPoint(Match match, int group) =>
        IPAddress.TryParse(match.Groups[group].ValueSpan, out IPAddress? address) && ushort.TryParse(match.Groups[group + 1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new IPEndPoint(address, port)
            : null;

    [GeneratedRegex(@"(?:saddr )?([0-9a-f.:]+) (?:\.|tcp sport) ([0-9]+) (?:\.|ip6? daddr) ([0-9a-f.:]+) (?:\.|tcp dport) ([0-9]+)")]
    private static partial Regex Connection();

    /// <summary>Whether a table is that of a run.</summary>
    internal static bool Belongs(string table, string runId) =>
        table.StartsWith(NamePrefix, StringComparison.Ordinal)
        && table.Length - NamePrefix.Length >= LeastIdLength
        && runId.StartsWith(table[NamePrefix.Length..], StringComparison.Ordinal);

    private static IEnumerable<string> Names(string runId, string? networkNamespace) =>
        Run(runId, networkNamespace, "list", "tables", "inet").Split('\n')
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..].Trim())
            .Where(static name => name.StartsWith(NamePrefix, StringComparison.Ordinal));

    private static string Run(string runId, string? networkNamespace, params string[] arguments)
    {
        string advice = $"The table inet {NamePrefix}{runId} stays on this host; remove it with 'nft delete table inet NAME'.";
        try
        {
            var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Namespace.RunInNetwork(networkNamespace, () => Process.Start(start)!);
            string output = process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new CriuException($"nft {string.Join(' ', arguments)} failed: {error.Trim()} {advice}", "COMMIT");
        }
        catch (Win32Exception exception)
        {
            throw new CriuException($"The program '{Program}' can not be started ({exception.Message}). {advice}", "COMMIT", innerException: exception);
        }
    }
}
