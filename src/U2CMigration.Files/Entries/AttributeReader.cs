using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Entries;

/// <summary>Reads the extended attributes of entries.</summary>
internal sealed class AttributeReader(AttributeRules rules)
{
    /// <summary>The most that the kernel gives of names, and of one value (XATTR_LIST_MAX, XATTR_SIZE_MAX).</summary>
    private const int Most = 64 << 10;

    private readonly byte[] _names = new byte[Most];
    private readonly byte[] _value = new byte[Most];

    /// <summary>What the overlay says of the entry read last.</summary>
    public OverlayMarks Marks { get; private set; }

    /// <summary>Names of attributes of the entry read last that do not travel.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>Reads those that travel, sorted by name.</summary>
    /// <param name="directory">Where the entry is.</param>
    /// <param name="name">Its name, with a zero.</param>
    /// <param name="attributes">Them.</param>
    /// <returns>0 or the errno.</returns>
    public int Read(SafeFileHandle directory, ReadOnlySpan<byte> name, out IReadOnlyList<ExtendedAttribute> attributes)
    {
        Marks = OverlayMarks.None;
        LeftOut.Clear();
        attributes = [];
        Span<byte> path = stackalloc byte[DescriptorPath.Length];
        DescriptorPath.Write(path, directory, name);
        int bytes = FileCalls.ListAttributes(path, _names);
        if (bytes <= 0)
        {
            return bytes == -Errno.EOPNOTSUPP ? 0 : -bytes;
        }

        List<ExtendedAttribute>? found = null;
        ReadOnlySpan<byte> rest = _names.AsSpan(0, bytes);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> withZero = rest[..(end + 1)];
            rest = rest[(end + 1)..];
            int error = Take(path, withZero, ref found);
            if (error != 0)
            {
                return error;
            }
        }

        found?.Sort(static (one, other) => one.Name.AsSpan().SequenceCompareTo(other.Name));
        attributes = found ?? attributes;
        return 0;
    }

    private int Take(ReadOnlySpan<byte> path, ReadOnlySpan<byte> withZero, ref List<ExtendedAttribute>? found)
    {
        ReadOnlySpan<byte> name = NameBytes.WithoutZero(withZero);
        bool isMark = rules.IsMark(name, out ReadOnlySpan<byte> mark);
        if (!isMark && !AttributeRules.Travels(name))
        {
            LeftOut.Add(NameBytes.Show(name));
            return 0;
        }

        int bytes = FileCalls.GetAttribute(path, withZero, _value);
        if (bytes < 0)
        {
            // Taken away between the two questions.
            return bytes == -Errno.ENODATA ? 0 : -bytes;
        }

        if (isMark)
        {
            bool isOpaque = mark.SequenceEqual("opaque"u8) && bytes == 1 && _value[0] == (byte)'y';
            Marks |= isOpaque ? OverlayMarks.Opaque : mark.SequenceEqual("redirect"u8) ? OverlayMarks.Redirect : mark.SequenceEqual("metacopy"u8) ? OverlayMarks.Metacopy : 0;
            return 0;
        }

        (found ??= []).Add(new ExtendedAttribute(rules.Seen(name), _value[..bytes]));
        return 0;
    }
}
