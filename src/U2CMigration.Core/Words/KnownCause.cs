using System.Globalization;
using System.Text.RegularExpressions;

namespace U2CMigration.Core.Words;

/// <summary>A reason of CRIU that we know: what it means, and what helps.</summary>
/// <param name="Pattern">Finds it in CRIU's line. The group <c>pid</c> is a process of this host, <c>fd</c> one of its descriptors, <c>link</c> what that is.</param>
/// <param name="Meaning">What it means, a sentence in which {name} stands for a group; {name:MiB} for its bytes in MiB.</param>
/// <param name="Remedy">What helps, a sentence or more.</param>
/// <param name="IsTransient">Whether the same migration may succeed when tried again.</param>
internal sealed partial record KnownCause(string Pattern, string Meaning, string Remedy, bool IsTransient = false)
{
    private readonly Regex _pattern = new(Pattern, RegexOptions.CultureInvariant);

    public Match Match(string line) => _pattern.Match(line);

    /// <summary>Meaning and remedy, with what the line says filled in.</summary>
    public string Sentence(Match match) => $"{Place().Replace(Meaning, place => ValueOf(place, match))} {Remedy}";

    private static string ValueOf(Match place, Match match)
    {
        string value = match.Groups[place.Groups["name"].Value].Value;
        return place.Groups["unit"].Success && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 1048576.0):0} MiB")
            : value;
    }

    [GeneratedRegex(@"\{(?<name>\w+)(?<unit>:MiB)?\}")]
    private static partial Regex Place();
}
