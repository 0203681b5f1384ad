using System.Globalization;

namespace U2CMigration.Core.Receiving;

/// <summary>Numbers of users or groups of this host, both ends included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct IdRange(uint First, uint Last)
{
    /// <summary>Reads <c>1000</c> or <c>1000-1999</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="range">The range.</param>
    /// <returns>False where it is neither.</returns>
    public static bool TryParse(string text, out IdRange range)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] ends = text.Split('-');
        range = default;
        if (ends.Length > 2 || !TryParseNumber(ends[0], out uint first) || !TryParseNumber(ends[^1], out uint last) || last < first)
        {
            return false;
        }

        range = new IdRange(first, last);
        return true;
    }

    /// <summary>Whether a number is one of them.</summary>
    /// <param name="id">The number.</param>
    /// <returns>True if so.</returns>
    public bool Contains(long id) => id >= First && id <= Last;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? string.Create(CultureInfo.InvariantCulture, $"{First}") : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryParseNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
