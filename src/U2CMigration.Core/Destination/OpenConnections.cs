using System.Net;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Gives the connections of each address their places, by what they are for: migrations take none from questions, and who does not say what it wants takes none from anybody, as the one that has
/// been silent longest makes room for the next.
/// </summary>
internal sealed class OpenConnections
{
    /// <summary>More than any host has of each kind at a time.</summary>
    public const int MostOfOneAddress = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<ConnectionUse, List<ConnectionPlace>>> _byAddress = [];

    /// <summary>Lets a connection in that has not said yet what it wants.</summary>
    /// <param name="peer">The other end.</param>
    /// <returns>Its place, to be disposed with the connection.</returns>
    public ConnectionPlace Enter(string peer)
    {
        var place = new ConnectionPlace(this, AddressOf(peer));
        ConnectionPlace? silent = null;
        lock (_lock)
        {
            List<ConnectionPlace> undecided = PlacesOf(place.Address, ConnectionUse.Undecided);
            if (undecided.Count >= MostOfOneAddress)
            {
                silent = undecided[0];
                undecided.RemoveAt(0);
            }

            undecided.Add(place);
        }

        silent?.Displace();
        return place;
    }

    /// <summary>Moves a connection that has said what it wants.</summary>
    /// <returns>False where there are too many of that kind, or it was displaced before.</returns>
    public bool TryMove(ConnectionPlace place, ConnectionUse use)
    {
        lock (_lock)
        {
            if (PlacesOf(place.Address, use).Count >= MostOfOneAddress || !PlacesOf(place.Address, place.Use).Remove(place))
            {
                return false;
            }

            PlacesOf(place.Address, use).Add(place);
            place.Use = use;
            return true;
        }
    }

    /// <summary>Forgets a connection that has ended.</summary>
    public void Leave(ConnectionPlace place)
    {
        lock (_lock)
        {
            PlacesOf(place.Address, place.Use).Remove(place);
            if (_byAddress[place.Address].Values.All(static places => places.Count == 0))
            {
                _byAddress.Remove(place.Address);
            }
        }
    }

    private List<ConnectionPlace> PlacesOf(string address, ConnectionUse use)
    {
        if (!_byAddress.TryGetValue(address, out Dictionary<ConnectionUse, List<ConnectionPlace>>? ofAddress))
        {
            _byAddress.Add(address, ofAddress = []);
        }

        if (!ofAddress.TryGetValue(use, out List<ConnectionPlace>? places))
        {
            ofAddress.Add(use, places = []);
        }

        return places;
    }

    private static string AddressOf(string peer) => IPEndPoint.TryParse(peer, out IPEndPoint? endPoint) ? endPoint.Address.ToString() : peer;
}
