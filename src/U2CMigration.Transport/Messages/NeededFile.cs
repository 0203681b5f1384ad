using System.Text;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>A file or directory that the destination must have.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Mode">Its type and rights, as in <c>st_mode</c>.</param>
/// <param name="Size">The bytes that it must have at least; 0 where the size does not matter.</param>
public readonly record struct NeededFile(string Path, ushort Mode, long Size)
{
    internal const int LeastBytes = 14;

    /// <summary>What differs from the path before travels: sorted paths have most in common with it.</summary>
    internal void Write(PayloadWriter writer, string before)
    {
        int common = CommonWith(before, Path);
        writer.WriteUInt16((ushort)common);
        writer.WriteText(Path[common..], "path");
        writer.WriteUInt16(Mode);
        writer.WriteAmount(Size);
    }

    internal static NeededFile Read(ref PayloadReader reader, string before)
    {
        int common = reader.ReadUInt16();
        if (common > before.Length)
        {
            throw reader.Refuse($"at most {before.Length} characters of the path before", $"{common}");
        }

        string path = string.Concat(before.AsSpan(0, common), reader.ReadText());
        return path.Length > 0 && path[0] == '/' && Encoding.UTF8.GetByteCount(path) <= ProtocolLimits.MaxTextBytes
            ? new NeededFile(path, reader.ReadUInt16(), reader.ReadAmount("file size"))
            : throw reader.Refuse($"an absolute path of at most {ProtocolLimits.MaxTextBytes} bytes", path.Length > 100 ? path[..100] : path);
    }

    /// <summary>The characters in common, never half of one that takes two.</summary>
    private static int CommonWith(string before, string path)
    {
        int common = before.AsSpan().CommonPrefixLength(path);
        return common > 0 && char.IsHighSurrogate(path[common - 1]) ? common - 1 : common;
    }
}
