using System.Buffers.Binary;
using System.Text;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Frames;

/// <summary>Reads the payload of one control frame; everything in it is untrusted.</summary>
internal ref struct PayloadReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MessageType _type;
    private ReadOnlySpan<byte> _rest;

    public PayloadReader(MessageType type, ReadOnlySpan<byte> payload)
    {
        _type = type;
        _rest = payload;
    }

    public byte ReadByte() => Next(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Next(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Next(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Next(8));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Next(8));

    public Guid ReadGuid() => new(Next(16), bigEndian: true);

    /// <summary>Reads a list; <c>what</c> is what it is of, as a plural.</summary>
    public string[] ReadTexts(string what)
    {
        var texts = new string[ReadCount(ProtocolLimits.MaxListEntries, sizeof(ushort), what)];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = ReadText();
        }

        return texts;
    }

    public TimeSpan ReadDuration() => new(ReadAmount("duration"));

    /// <summary>Reads a number of bytes, pages or ticks.</summary>
    public long ReadAmount(string what)
    {
        long value = ReadInt64();
        return value >= 0 ? value : throw Refuse($"a {what} of 0 or more", $"{value}");
    }

    public int ReadProcessId()
    {
        int processId = ReadInt32();
        return processId > 0 ? processId : throw Refuse("a process above 0", $"{processId}");
    }

    public int ReadRound()
    {
        int round = ReadInt32();
        return round >= 0 ? round : throw Refuse("a round of 0 or more", $"{round}");
    }

    public DateTimeOffset ReadTime()
    {
        long ticks = ReadInt64();
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw Refuse("a time between the years 1 and 9999", $"{ticks} ticks");
    }

    /// <summary>Reads the length of a list and checks that the payload can hold it, so that a forged length never sets memory aside.</summary>
    public int ReadCount(int max, int entryBytes, string what)
    {
        int count = ReadInt32();
        if (count < 0 || count > max)
        {
            throw Refuse($"at most {max} {what}", $"{count}");
        }

        return (long)count * entryBytes <= _rest.Length ? count : throw Refuse($"{count} {what}", $"{_rest.Length} bytes, too few for them");
    }

    public string ReadText(int maxBytes = ProtocolLimits.MaxTextBytes)
    {
        int bytes = ReadUInt16();
        if (bytes > maxBytes)
        {
            throw Refuse($"a text of at most {maxBytes} bytes", $"{bytes} bytes");
        }

        try
        {
            return StrictUtf8.GetString(Next(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("a text in UTF-8", "other bytes");
        }
    }

    public string ReadImageName()
    {
        string name = ReadText(ProtocolLimits.MaxImageNameBytes);
        return WireRules.ProblemOfImageName(name) is { } problem ? throw Refuse("a plain file name", problem) : name;
    }

    public PageRun ReadRun()
    {
        ReadOnlySpan<byte> bytes = Next(16);
        var run = new PageRun(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        return WireRules.ProblemOf(run) is { } problem ? throw Refuse("a run of pages in user space", problem) : run;
    }

    public PageRun[] ReadRuns()
    {
        var runs = new PageRun[ReadCount(ProtocolLimits.MaxRuns, 16, "runs of pages")];
        for (int i = 0; i < runs.Length; i++)
        {
            runs[i] = ReadRun();
        }

        return runs;
    }

    public ReadOnlySpan<byte> ReadBytes() => Next(ReadCount(ProtocolLimits.MaxPayloadBytes, 1, "bytes"));

    /// <summary>Reads bytes whose number both sides know.</summary>
    public byte[] ReadFixed(int count) => Next(count).ToArray();

    /// <summary>Reads a text for people: what would steer a terminal, or forge a line of a log, is made visible.</summary>
    public string ReadSentence() => PlainText.Of(ReadText());

    /// <summary>Reads a list of texts for people.</summary>
    public string[] ReadSentences(string what) => Array.ConvertAll(ReadTexts(what), PlainText.Of);

    /// <summary>Whether nothing follows: what later versions have appended is left out.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Refuse("the end of the message", $"{_rest.Length} bytes more");
        }
    }

    public readonly MigrationProtocolException Refuse(string expected, string got) => new($"{expected} in {_type}", got);

    private ReadOnlySpan<byte> Next(int bytes)
    {
        if (_rest.Length < bytes)
        {
            throw Refuse($"{bytes} bytes more", $"{_rest.Length}");
        }

        ReadOnlySpan<byte> next = _rest[..bytes];
        _rest = _rest[bytes..];
        return next;
    }
}
