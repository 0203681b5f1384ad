using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>A source and a destination that have greeted each other in memory.</summary>
internal sealed class Connected : IAsyncDisposable
{
    public static readonly MigrationConnectionOptions Quiet = new() { KeepAliveInterval = TimeSpan.Zero };

    private Connected(MigrationConnection source, MigrationConnection destination)
    {
        Source = source;
        Destination = destination;
    }

    public MigrationConnection Source { get; }

    public MigrationConnection Destination { get; }

    public static async Task<Connected> CreateAsync(int bufferBytes = 64 << 10, MigrationConnectionOptions? options = null, Func<Stream, Stream>? wrapSource = null)
    {
        (Stream source, Stream destination) = StreamPair.Create(bufferBytes);
        Task<MigrationConnection> first = MigrationConnection.OpenAsync(wrapSource?.Invoke(source) ?? source, ConnectionRole.Source, "destination", options ?? Quiet);
        MigrationConnection second = await MigrationConnection.OpenAsync(destination, ConnectionRole.Destination, "source", options ?? Quiet);
        return new Connected(await first, second);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Destination.DisposeAsync();
    }
}
