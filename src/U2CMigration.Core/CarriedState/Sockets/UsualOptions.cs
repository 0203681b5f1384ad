using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>What a socket has on this host before anything is set: a socket that still has it gets what is usual on the other host.</summary>
internal sealed class UsualOptions
{
    private readonly Dictionary<string, Dictionary<string, byte[]>> _kinds = [];

    /// <summary>The value; null where a new socket has no such option.</summary>
    public byte[]? Of(SocketNature nature, SocketOption option)
    {
        if (!_kinds.TryGetValue(nature.Kind, out Dictionary<string, byte[]>? usual))
        {
            _kinds.Add(nature.Kind, usual = ReadNew(nature));
        }

        return usual.GetValueOrDefault(option.Name);
    }

    private static Dictionary<string, byte[]> ReadNew(SocketNature nature)
    {
        var usual = new Dictionary<string, byte[]>();
        using SafeFileHandle? socket = SocketCalls.TryOpen(nature.Family, nature.Type, nature.Protocol);
        Span<byte> value = stackalloc byte[OptionValue.MostBytes];
        foreach (SocketOption option in socket is null ? [] : SocketOptions.All)
        {
            if (OptionValue.ReadBytes(socket!, option, value) is var length and >= 0)
            {
                usual[option.Name] = value[..length].ToArray();
            }
        }

        return usual;
    }
}
