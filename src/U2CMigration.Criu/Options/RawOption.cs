using System.Collections.Frozen;

namespace U2CMigration.Criu.Options;

/// <summary>A line of CRIU's configuration file: an option without the two hyphens, and its value behind a space.</summary>
internal static class RawOption
{
    /// <summary>What this library decides for each request; with another value the request would do something else or would not be understood.</summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "action-script", "address", "auto-dedup", "config", "daemon", "exec-cmd", "freeze-cgroup", "help", "images-dir", "lazy-pages", "leave-running", "leave-stopped",
        "log-file", "log-pid", "no-default-config", "page-server", "pidfile", "port", "prev-images-dir", "ps-socket", "restore-detached", "restore-sibling", "status-fd", "stream",
        "track-mem", "tree", "version", "work-dir");

    /// <summary>The line as CRIU wants it: people write the hyphens, as on a command line, and an equals sign.</summary>
    internal static string Normalize(string line)
    {
        string text = line.Trim().TrimStart('-');
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int space = text.AsSpan().IndexOfAny(' ', '\t');
        return equals > 0 && (space < 0 || equals < space) ? $"{text[..equals]} {text[(equals + 1)..]}" : text;
    }

    /// <summary>The name of the option in a line.</summary>
    internal static string NameOf(string line)
    {
        string text = Normalize(line);
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? text : text[..end];
    }

    /// <summary>What is wrong with a line, as the end of a sentence; null for nothing.</summary>
    internal static string? ProblemOf(string line)
    {
        if (line.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
        {
            return "which is more than one line; give an entry for each option";
        }

        string name = NameOf(line);
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return "which names no option; write it as in CRIU's configuration file, for example 'ghost-limit 8M'";
        }

        bool isReserved = Reserved.Contains(name) || (name.StartsWith("no-", StringComparison.Ordinal) && Reserved.Contains(name[3..]));
        return isReserved ? "which this library decides itself; leave it out" : null;
    }
}
