using System.Globalization;
using System.Text;

namespace U2CMigration.Files.Names;

/// <summary>Names of entries: bytes, in no encoding. Those that are kept end with a zero, as system calls want them.</summary>
internal static class NameBytes
{
    /// <summary>NAME_MAX of every file system of Linux that matters.</summary>
    public const int MostBytes = 255;

    /// <summary>The directory itself.</summary>
    public static ReadOnlySpan<byte> Self => ".\0"u8;

    public static byte[] WithZero(ReadOnlySpan<byte> name)
    {
        byte[] kept = new byte[name.Length + 1];
        name.CopyTo(kept);
        return kept;
    }

    public static ReadOnlySpan<byte> WithoutZero(ReadOnlySpan<byte> name) => name[..^1];

    /// <summary>Says what is wrong with bytes as the name of one entry; null if nothing is.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> name) => name switch
    {
        { Length: 0 or > MostBytes } => $"a name of {name.Length} bytes",
        [(byte)'.'] or [(byte)'.', (byte)'.'] => "a name that leads elsewhere",
        _ when name.ContainsAny((byte)0, (byte)'/') => "a name with a slash or a zero in it",
        _ => null,
    };

    /// <summary>Shows a name to people: whatever is not plain ASCII is made visible.</summary>
    public static string Show(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (byte one in name)
        {
            if (one is >= 0x20 and < 0x7f and not (byte)'\\')
            {
                text.Append((char)one);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
            }
        }

        return text.ToString();
    }
}
