using System.Globalization;
using U2CMigration.Criu.Options;

namespace U2CMigration.Criu.Configuration;

/// <summary>What the administrator has written for CRIU: the files that it reads by itself, <c>/etc/criu/default.conf</c> and <c>~/.criu/default.conf</c> (criu(8)).</summary>
/// <remarks>An option that is asked for in a request overrides these files, so one that they name should only be asked for on purpose.</remarks>
public sealed class CriuConfiguration
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private CriuConfiguration()
    {
    }

    /// <summary>Reads the files; those that are missing or may not be read say nothing.</summary>
    public static CriuConfiguration Read()
    {
        var configuration = new CriuConfiguration();
        foreach (string file in Files())
        {
            try
            {
                configuration.Add(File.ReadLines(file));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // CRIU takes a file that it cannot open for none.
            }
        }

        return configuration;
    }

    /// <summary>Whether an option is named, with or without a value.</summary>
    /// <param name="option">Its name, without hyphens.</param>
    public bool Has(string option) => _values.ContainsKey(option);

    /// <summary>The value of an option that is a number of bytes, which may end in K, M or G.</summary>
    /// <param name="option">Its name, without hyphens.</param>
    /// <returns>The bytes, or null where it is not named or its value is no number.</returns>
    public long? BytesOf(string option)
    {
        if (!_values.TryGetValue(option, out string? text) || text.Length == 0)
        {
            return null;
        }

        int shift = text[^1] switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue >> shift
            ? number << shift
            : null;
    }

    /// <summary>Takes lines as if they stood in such a file.</summary>
    /// <param name="lines">The lines.</param>
    public static CriuConfiguration Parse(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var configuration = new CriuConfiguration();
        configuration.Add(lines);
        return configuration;
    }

    private static IEnumerable<string> Files()
    {
        yield return "/etc/criu/default.conf";
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".criu/default.conf");
        }

        if (Environment.GetEnvironmentVariable("CRIU_CONFIG_FILE") is { Length: > 0 } named)
        {
            yield return named;
        }
    }

    private void Add(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string text = RawOption.Normalize(comment < 0 ? line : line[..comment]);
            string name = RawOption.NameOf(text);
            if (name.Length > 0)
            {
                _values[name] = text[name.Length..].Trim().Trim('"');
            }
        }
    }
}
