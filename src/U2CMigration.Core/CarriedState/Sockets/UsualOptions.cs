using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.CarriedState.Sockets;

/// <summary>What a socket has on this host before anything is set: a socket that still has it gets what is usual on the other host.</summary>
internal sealed class UsualOptions
{
    private readonly Dictionary<string, Dictionary<string, string>> _kinds = [];

    /// <summary>The value; null where a new socket has no such option.</summary>
    public string? Of(SocketNature nature, SocketOption option)
    {
        if (!_kinds.TryGetValue(nature.Kind, out Dictionary<string, string>? usual))
        {
            _kinds.Add(nature.Kind, usual = ReadNew(nature));
        }

        return usual.GetValueOrDefault(option.Name);
    }

    private static Dictionary<string, string> ReadNew(SocketNature nature)
    {
        var usual = new Dictionary<string, string>();
        using SafeFileHandle? socket = SocketCalls.TryOpen(nature.Family, nature.Type, nature.Protocol);
        foreach (SocketOption option in socket is null ? [] : SocketOptions.All)
        {
            if (OptionValue.Read(socket!, option) is { } value)
            {
                usual[option.Name] = value;
            }
        }

        return usual;
    }
}
