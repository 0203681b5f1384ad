using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>The value of an option as text: hexadecimal bytes, or the name of what it means.</summary>
internal static class OptionValue
{
    /// <summary>The longest value of an option.</summary>
    public const int MostBytes = 64;

    /// <summary>Reads the value that a socket has; null where it has no such option.</summary>
    public static string? Read(SafeFileHandle socket, SocketOption option)
    {
        Span<byte> value = stackalloc byte[MostBytes];
        return ReadBytes(socket, option, value) is var length and >= 0 ? Format(socket, option, value[..length]) : null;
    }

    /// <summary>Reads the value that a socket has, unless it is a known one: most are, of thousands of sockets.</summary>
    public static string? ReadUnless(byte[]? known, SafeFileHandle socket, SocketOption option)
    {
        Span<byte> value = stackalloc byte[MostBytes];
        return ReadBytes(socket, option, value) is var length and >= 0 && !(known is not null && value[..length].SequenceEqual(known)) ? Format(socket, option, value[..length]) : null;
    }

    /// <summary>Reads the bytes of a value.</summary>
    /// <returns>How many there are; below zero where the socket has no such option.</returns>
    public static int ReadBytes(SafeFileHandle socket, SocketOption option, Span<byte> value)
    {
        value[..option.Bytes].Clear();
        return SocketCalls.Get(socket, option.Level, option.Number, value[..option.Bytes], out int length) == 0 ? Math.Min(length, option.Bytes) : -1;
    }

    /// <summary>Gives a socket a value.</summary>
    /// <returns>0 or the errno.</returns>
    public static int Write(SafeFileHandle socket, SocketOption option, string value)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        switch (option.Form)
        {
            case SocketOption.Meaning.Text:
                return SocketCalls.Set(socket, option.Level, option.Number, Encoding.ASCII.GetBytes(value));
            case SocketOption.Meaning.Processor:
                int processor = int.Parse(value, CultureInfo.InvariantCulture);
                BinaryPrimitives.WriteInt32LittleEndian(number, processor < 0 ? processor : ProcessorSet.Map([processor], [.. Enumerable.Range(0, Environment.ProcessorCount)])[0]);
                return SocketCalls.Set(socket, option.Level, option.Number, number);
            case SocketOption.Meaning.Device:
                BinaryPrimitives.WriteInt32LittleEndian(number, SocketCalls.DeviceIndex(socket, value));
                return SocketCalls.Set(socket, option.Level, option.Number, number);
            case SocketOption.Meaning.NetworkDevice:
                BinaryPrimitives.WriteInt32BigEndian(number, SocketCalls.DeviceIndex(socket, value));
                return SocketCalls.Set(socket, option.Level, option.Number, number);
            default:
                return SocketCalls.Set(socket, option.Level, option.Number, Convert.FromHexString(value));
        }
    }

    private static string Format(SafeFileHandle socket, SocketOption option, ReadOnlySpan<byte> value) => option.Form switch
    {
        SocketOption.Meaning.Text => Encoding.ASCII.GetString(value).TrimEnd('\0'),
        SocketOption.Meaning.Processor => BinaryPrimitives.ReadInt32LittleEndian(value).ToString(CultureInfo.InvariantCulture),
        SocketOption.Meaning.Device => SocketCalls.DeviceName(socket, BinaryPrimitives.ReadInt32LittleEndian(value)) ?? string.Empty,
        SocketOption.Meaning.NetworkDevice => SocketCalls.DeviceName(socket, BinaryPrimitives.ReadInt32BigEndian(value)) ?? string.Empty,
        _ => Convert.ToHexStringLower(value),
    };

    /// <summary>A value for people.</summary>
    public static string Describe(SocketOption option, string value) =>
        option.Form == SocketOption.Meaning.Same && value.Length == 2 * sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(Convert.FromHexString(value)).ToString(CultureInfo.InvariantCulture)
            : value.Length == 0 ? "none" : value;
}
