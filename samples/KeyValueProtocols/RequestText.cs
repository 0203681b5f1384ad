using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace KeyValueProtocols;

/// <summary>What both protocols need: keys of fixed length, lines, errors.</summary>
internal static class RequestText
{
    /// <summary><c>key:0000000042</c>.</summary>
    internal const int KeyBytes = 14;

    private static readonly StandardFormat TenDigits = new('D', 10);

    internal static int Put(Span<byte> buffer, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer[at..]);
        return at + text.Length;
    }

    internal static int PutKey(Span<byte> buffer, int at, int key)
    {
        at = Put(buffer, at, "key:"u8);
        Utf8Formatter.TryFormat(key, buffer[at..], out int digits, TenDigits);
        return at + digits;
    }

    internal static int PutNumber(Span<byte> buffer, int at, int number)
    {
        Utf8Formatter.TryFormat(number, buffer[at..], out int digits);
        return at + digits;
    }

    /// <summary>The first line without its end; false while it has none.</summary>
    internal static bool TryLine(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> line)
    {
        int end = received.IndexOf("\r\n"u8);
        line = end < 0 ? [] : received[..end];
        return end >= 0;
    }

    internal static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out int consumed) && consumed == text.Length && number >= 0 ? number : throw Unexpected(text);

    /// <summary>The text itself, if it is a number without a sign.</summary>
    internal static ReadOnlySpan<byte> Digits(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? text : throw Unexpected(text);

    internal static InvalidDataException Unexpected(ReadOnlySpan<byte> line) => new($"The server answered '{Encoding.ASCII.GetString(line)}'.");
}
