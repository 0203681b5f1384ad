using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LiveMigration.Client;

/// <summary>Writes commands of the Redis protocol (RESP) with keys of fixed length, without allocation.</summary>
public static class RedisCommands
{
    /// <summary>The key that counts the writes.</summary>
    public const string Counter = "counter";

    /// <summary>The most bytes that one of these commands takes.</summary>
    public const int Longest = 600;

    private static readonly StandardFormat TenDigits = new('D', 10);
    private static readonly byte[] SetHead = Encoding.ASCII.GetBytes("*3\r\n$3\r\nSET\r\n$14\r\nkey:");
    private static readonly byte[] SetMiddle = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\r\n${Value.Length}\r\n"));
    private static readonly byte[] GetHead = Encoding.ASCII.GetBytes("*2\r\n$3\r\nGET\r\n$14\r\nkey:");
    private static readonly byte[] IncrementCounter = Encoding.ASCII.GetBytes($"*2\r\n$4\r\nINCR\r\n${Counter.Length}\r\n{Counter}\r\n");
    private static readonly byte[] ReadCounter = Encoding.ASCII.GetBytes($"*2\r\n$3\r\nGET\r\n${Counter.Length}\r\n{Counter}\r\n");

    public static int Set(Span<byte> buffer, int key, uint sequence)
    {
        int length = WithKey(buffer, SetHead, key);
        SetMiddle.CopyTo(buffer[length..]);
        length += SetMiddle.Length;
        Value.Write(buffer.Slice(length, Value.Length), key, sequence);
        return End(buffer, length + Value.Length);
    }

    public static int Get(Span<byte> buffer, int key) => End(buffer, WithKey(buffer, GetHead, key));

    public static int Increment(Span<byte> buffer)
    {
        IncrementCounter.CopyTo(buffer);
        return IncrementCounter.Length;
    }

    public static int GetCounter(Span<byte> buffer)
    {
        ReadCounter.CopyTo(buffer);
        return ReadCounter.Length;
    }

    private static int WithKey(Span<byte> buffer, ReadOnlySpan<byte> head, int key)
    {
        head.CopyTo(buffer);
        Utf8Formatter.TryFormat(key, buffer[head.Length..], out int digits, TenDigits);
        return head.Length + digits;
    }

    private static int End(Span<byte> buffer, int length)
    {
        "\r\n"u8.CopyTo(buffer[length..]);
        return length + 2;
    }
}
