using System.Text.RegularExpressions;

namespace U2CMigration.Containers.Networking.Model;

/// <summary>Lines in which ip(8) writes routes and rules, and reads them again.</summary>
internal static partial class RouteText
{
    /// <summary>What the kernel says of a route at this moment; it knows it by itself.</summary>
    private static readonly HashSet<string> Flags = ["linkdown", "dead", "offload", "trap", "rt_offload", "rt_trap", "pervasive", "cache"];

    /// <summary>The same, with a value.</summary>
    private static readonly HashSet<string> Moments = ["expires", "error", "users", "used", "age"];

    /// <summary>Words that name something else than routes, which ip would read from this host.</summary>
    private static readonly HashSet<string> Foreign = ["encap", "nhid", "vrf", "l3mdev", "goto"];

    /// <summary>A line as it is written, or null where the kernel makes it by itself.</summary>
    public static string? OfRoute(string line)
    {
        var words = new List<string>();
        string[] all = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < all.Length; i++)
        {
            if (Moments.Contains(all[i]))
            {
                i++;
            }
            else if (!Flags.Contains(all[i]))
            {
                words.Add(all[i]);
            }
        }

        string text = string.Join(' ', words);
        return text.Length == 0 || text.Contains("proto kernel", StringComparison.Ordinal) ? null : text;
    }

    /// <summary>A rule, given as <c>PRIORITY: WORDS</c>, as it is written; null where it is in every namespace.</summary>
    public static string? OfRule(string line)
    {
        string[] parts = line.Split(':', 2);
        string words = parts.Length == 2 ? string.Join(' ', parts[1].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) : string.Empty;
        return (parts[0].Trim(), words) is ("0", "from all lookup local") or ("32766", "from all lookup main") or ("32767", "from all lookup default") || words.Length == 0
            ? null
            : $"{words} priority {parts[0].Trim()}";
    }

    /// <summary>Whether ip can be given a line: words of addresses, names and numbers, and nothing that refers to something else.</summary>
    public static bool IsPlain(string line) => Plain().IsMatch(line) && !line.Split(' ').Any(Foreign.Contains);

    [GeneratedRegex("^[A-Za-z0-9.:/_%*-]+( [A-Za-z0-9.:/_%*-]+)*\\z")]
    private static partial Regex Plain();
}
