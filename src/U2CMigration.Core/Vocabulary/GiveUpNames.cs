using System.Text;

namespace U2CMigration.Core.Inventory;

/// <summary>The names of <see cref="GiveUp"/> as they are written on command lines: <c>outside-pipes</c>.</summary>
public static class GiveUpNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<GiveUp>().Where(static value => value != GiveUp.None).Select(Of)];

    /// <summary>The names of the values that are set, separated by commas; empty for none.</summary>
    /// <param name="value">The values.</param>
    public static string Of(GiveUp value) => value == GiveUp.None ? string.Empty : string.Join(',', value.ToString().Split(", ").Select(Hyphenate));

    /// <summary>Reads names that are separated by commas.</summary>
    /// <param name="text">The names.</param>
    /// <param name="value">What they mean.</param>
    /// <returns>The first that is no such name; null when all are.</returns>
    public static string? Parse(string text, out GiveUp value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = GiveUp.None;
        foreach (string name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            GiveUp one = Enum.GetValues<GiveUp>().FirstOrDefault(known => known != GiveUp.None && Of(known) == name);
            if (one == GiveUp.None)
            {
                return name;
            }

            value |= one;
        }

        return null;
    }

    private static string Hyphenate(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
