namespace U2CMigration.Criu.Options;

/// <summary>Where CRIU sends pages instead of writing them to the images directory.</summary>
public sealed record CriuPageServer
{
    /// <summary>A connected stream socket in the worker; see <see cref="Rpc.CriuWorker.InheritedDescriptor"/>.</summary>
    /// <value>Default: -1, connect to <see cref="Address"/> and <see cref="Port"/>.</value>
    public int Descriptor { get; init; } = -1;

    /// <summary>The address of a page server.</summary>
    /// <value>Default: empty.</value>
    public string Address { get; init; } = string.Empty;

    /// <summary>The TCP port of a page server.</summary>
    /// <value>Default: 0. Range: 1 to 65535 when <see cref="Descriptor"/> is not given.</value>
    public int Port { get; init; }
}
