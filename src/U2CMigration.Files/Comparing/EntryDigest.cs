using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Comparing;

/// <summary>
/// Sums an entry up with all that it has. Both hosts do, from what is on them, so that what differs is found whatever the reason. Holes and zeros are the same. A checksum is XxHash128 with a seed of the
/// comparison: those who chose the files did not know it.
/// </summary>
internal sealed class EntryDigest(long seed)
{
    /// <summary>The unit in which contents are zeros or not.</summary>
    private const int PieceBytes = 4096;

    private readonly XxHash128 _hash = new(seed);
    private readonly byte[] _number = new byte[8];
    private readonly byte[] _contents = new byte[64 << 10];
    private readonly byte[] _target = new byte[RecordFormat.MaxTargetBytes];
    private readonly Dictionary<(ulong Device, ulong Inode), long> _names = [];
    private long _questions;

    /// <summary>Of an entry that is not there.</summary>
    public static UInt128 Absent => UInt128.Zero;

    /// <summary>Counts a question about an entry that is known not to be there.</summary>
    public void PassOver() => _questions++;

    /// <summary>Sums up a directory.</summary>
    /// <param name="directory">It.</param>
    /// <param name="attributes">What reads its attributes.</param>
    /// <param name="withNames">Whether the names in it count: where the destination may have no others.</param>
    public UInt128 OfPlace(SafeFileHandle directory, AttributeReader attributes, bool withNames)
    {
        _questions++;
        _hash.Reset();
        Check(FileCalls.Status(directory, out FileCalls.StatX status), "looked at");
        AddMetadata(FileStamp.Of(status), directory, NameBytes.Self, attributes);
        if (withNames)
        {
            var names = new List<byte[]>();
            ReadNames(directory, names);
            names.Sort(static (one, other) => one.AsSpan().SequenceCompareTo(other));
            names.ForEach(_hash.Append);
        }

        return _hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Sums up an entry that is no directory.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name, with a zero.</param>
    /// <param name="attributes">What reads its attributes.</param>
    public UInt128 OfEntry(SafeFileHandle directory, byte[] name, AttributeReader attributes)
    {
        _questions++;
        _hash.Reset();
        int error = FileCalls.Open(directory, name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW, 0, FileCalls.Beneath, out SafeFileHandle entry);
        if (Errno.IsGone(error))
        {
            return Absent;
        }

        Check(error, "opened");
        using (entry)
        {
            Check(FileCalls.Status(entry, out FileCalls.StatX status), "looked at");
            FileStamp stamp = FileStamp.Of(status);
            AddMetadata(stamp, directory, name, attributes);
            AddLinks(stamp, status.Links);
            switch (stamp.Type)
            {
                case EntryType.RegularFile:
                    AddNumber(stamp.Size);
                    SafeFileHandle file = OpenContents(entry);
                    using (file)
                    {
                        AddContents(file, stamp.Size);
                    }

                    break;
                case EntryType.SymbolicLink:
                    int bytes = FileCalls.ReadLink(directory, name, _target);
                    Check(bytes < 0 ? -bytes : 0, "read");
                    _hash.Append(_target.AsSpan(0, bytes));
                    break;
                default:
                    AddNumber((long)stamp.RawDevice);
                    break;
            }
        }

        return _hash.GetCurrentHashAsUInt128();
    }

    private static SafeFileHandle OpenContents(SafeFileHandle entry)
    {
        int error = FileCalls.Reopen(entry, FileCalls.O_NONBLOCK | FileCalls.O_NOATIME, out SafeFileHandle file);
        error = error == Errno.EPERM ? FileCalls.Reopen(entry, FileCalls.O_NONBLOCK, out file) : error;
        Check(error, "read");
        return file;
    }

    private static void ReadNames(SafeFileHandle directory, List<byte[]> names)
    {
        const int HeaderBytes = 19;
        byte[] entries = new byte[32 << 10];
        FileCalls.Rewind(directory);
        for (int bytes; (bytes = FileCalls.ReadEntries(directory, entries)) != 0;)
        {
            Check(bytes < 0 ? -bytes : 0, "listed");
            for (int at = 0; at < bytes; at += BinaryPrimitives.ReadUInt16LittleEndian(entries.AsSpan(at + 16)))
            {
                ReadOnlySpan<byte> name = entries.AsSpan(at + HeaderBytes);
                name = name[..(name.IndexOf((byte)0) + 1)];
                if (name is not ([(byte)'.', 0] or [(byte)'.', (byte)'.', 0]))
                {
                    names.Add(name.ToArray());
                }
            }
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw Failures.Of(error, $"An entry that is compared cannot be {what}");
        }
    }

    private void AddMetadata(in FileStamp stamp, SafeFileHandle directory, ReadOnlySpan<byte> name, AttributeReader reader)
    {
        AddNumber(stamp.Mode);
        AddNumber(((long)stamp.UserId << 32) | stamp.GroupId);
        AddNumber(stamp.Modified.Seconds);
        AddNumber(stamp.Modified.Nanoseconds);
        AddNumber((long)stamp.CarriedFlags);
        Check(reader.Read(directory, name, out IReadOnlyList<ExtendedAttribute> attributes), "asked for its attributes");
        foreach (ExtendedAttribute attribute in attributes)
        {
            _hash.Append(attribute.Name);
            AddNumber(attribute.Value.Length);
            _hash.Append(attribute.Value);
        }
    }

    /// <summary>Of files with several names, which question was the first about the same.</summary>
    private void AddLinks(in FileStamp stamp, uint links)
    {
        bool isKnown = _names.TryGetValue((stamp.Device, stamp.Inode), out long first);
        if (!isKnown && links > 1)
        {
            _names.Add((stamp.Device, stamp.Inode), _questions);
        }

        AddNumber(isKnown ? first : 0);
    }

    private void AddContents(SafeFileHandle file, long size)
    {
        for (long offset = 0; offset < size && FileCalls.TryFindData(file, offset, out long start, out _);)
        {
            offset = Math.Max(offset, start / PieceBytes * PieceBytes);
            int bytes = FileCalls.Read(file, _contents.AsSpan(0, (int)Math.Min(_contents.Length, size - offset)), offset);
            Check(bytes < 0 ? -bytes : 0, "read");
            if (bytes == 0)
            {
                return;
            }

            for (int at = 0; at < bytes; at += PieceBytes)
            {
                ReadOnlySpan<byte> piece = _contents.AsSpan(at, Math.Min(PieceBytes, bytes - at));
                if (piece.ContainsAnyExcept((byte)0))
                {
                    AddNumber(offset + at);
                    _hash.Append(piece);
                }
            }

            offset += bytes;
        }
    }

    private void AddNumber(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        _hash.Append(_number);
    }
}
