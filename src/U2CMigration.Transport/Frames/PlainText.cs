using System.Globalization;
using System.Text;

namespace U2CMigration.Transport.Frames;

/// <summary>Texts of a peer that people read on a terminal or in a log: nothing in them may act there.</summary>
internal static class PlainText
{
    /// <summary>The text with every character shown that would not stay a character: escape sequences, line breaks, and what turns the order of the others round.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        StringBuilder? shown = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (Acts(text[i]))
            {
                shown ??= new StringBuilder(text, 0, i, text.Length + 16);
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
            else
            {
                shown?.Append(text[i]);
            }
        }

        return shown?.ToString() ?? text;
    }

    private static bool Acts(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
