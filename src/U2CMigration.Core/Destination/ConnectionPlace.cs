namespace U2CMigration.Core.Destination;

/// <summary>The place of a connection among those of its address.</summary>
internal sealed class ConnectionPlace(OpenConnections all, string address) : IDisposable
{
    private readonly CancellationTokenSource _displaced = new();

    /// <summary>Where it comes from.</summary>
    public string Address => address;

    /// <summary>What it is for.</summary>
    public ConnectionUse Use { get; set; }

    /// <summary>Cancelled when it has been silent for too long while others came.</summary>
    public CancellationToken Displaced => _displaced.Token;

    /// <summary>Takes a place of those for a use.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryTake(ConnectionUse use) => all.TryMove(this, use);

    /// <summary>Another one needs the place.</summary>
    public void Displace()
    {
        try
        {
            _displaced.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose()
    {
        all.Leave(this);
        _displaced.Dispose();
    }
}
