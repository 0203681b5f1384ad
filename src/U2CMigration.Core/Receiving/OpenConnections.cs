using System.Net;

namespace U2CMigration.Core.Receiving;

/// <summary>Counts the connections that are served, by the address that they come from: one peer cannot keep the others out.</summary>
internal sealed class OpenConnections
{
    /// <summary>More than any host has migrations and questions at a time.</summary>
    public const int MostOfOneAddress = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byAddress = [];

    /// <summary>Whether a connection of a peer may be served; if so it has to <see cref="Leave"/>.</summary>
    public bool TryEnter(string peer)
    {
        lock (_lock)
        {
            int open = _byAddress.GetValueOrDefault(AddressOf(peer));
            if (open >= MostOfOneAddress)
            {
                return false;
            }

            _byAddress[AddressOf(peer)] = open + 1;
            return true;
        }
    }

    public void Leave(string peer)
    {
        lock (_lock)
        {
            if (--_byAddress[AddressOf(peer)] == 0)
            {
                _byAddress.Remove(AddressOf(peer));
            }
        }
    }

    private static string AddressOf(string peer) => IPEndPoint.TryParse(peer, out IPEndPoint? endPoint) ? endPoint.Address.ToString() : peer;
}
