using System.Buffers.Binary;

namespace U2CMigration.Criu.Images;

/// <summary>Walks over the sized entries of an image file that is in memory. Never looks outside the bytes it was given.</summary>
internal ref struct ImageEntries
{
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    private ImageEntries(string path, ReadOnlySpan<byte> bytes, int position)
    {
        _path = path;
        _bytes = bytes;
        _position = position;
        Current = default;
    }

    /// <summary>The entry that the last <see cref="Read"/> found.</summary>
    internal ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Where <see cref="Current"/> begins in the file.</summary>
    internal long Offset { get; private set; }

    /// <summary>Checks the magic numbers and stands before the first entry.</summary>
    internal static ImageEntries Open(string path, ReadOnlySpan<byte> bytes, params ReadOnlySpan<uint> magics)
    {
        int position = 0;
        foreach (uint magic in magics)
        {
            if (bytes.Length < position + sizeof(uint))
            {
                throw ImageError.At(path, position, "it ends inside its magic numbers");
            }

            uint found = BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]);
            if (found != magic)
            {
                throw ImageError.At(path, position, $"the magic number is 0x{found:x8} where 0x{magic:x8} is expected");
            }

            position += sizeof(uint);
        }

        return new ImageEntries(path, bytes, position);
    }

    /// <summary>Goes to the next entry; false at the end of the file.</summary>
    internal bool Read()
    {
        if (_position == _bytes.Length)
        {
            return false;
        }

        int left = _bytes.Length - _position - sizeof(uint);
        if (left < 0)
        {
            throw ImageError.At(_path, _position, "it ends inside the size of an entry");
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[_position..]);
        if (size > (uint)left)
        {
            throw ImageError.At(_path, _position, $"an entry of {size} bytes is announced where {left} are left");
        }

        _position += sizeof(uint);
        Offset = _position;
        Current = _bytes.Slice(_position, (int)size);
        _position += (int)size;
        return true;
    }

    /// <summary>Goes to the next entry, which has to be there.</summary>
    internal void ReadRequired()
    {
        if (!Read())
        {
            throw ImageError.At(_path, _position, "an entry is missing");
        }
    }
}
