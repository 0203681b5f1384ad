using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>What a migration that comes in was promised, until it ends.</summary>
internal sealed class Admitted(Offer offer, long freeBytes, IReadOnlySet<int> numbers, Action<Admitted> leave) : IDisposable
{
    /// <summary>What a workload may have in images that the offer does not count: descriptions, what is in pipes and sockets.</summary>
    private const long ImagesBesidesMemory = 256 << 20;

    public Guid MigrationId => offer.MigrationId;

    /// <summary>The numbers of its processes, threads, groups and sessions.</summary>
    public IReadOnlySet<int> Numbers => numbers;

    /// <summary>The memory that was free for it, what it was offered with among it. A workload may grow while it is sent, but not into what is promised to others.</summary>
    public long FreeBytes => freeBytes;

    /// <summary>The bytes of images that it may have, where the caller sets no limit.</summary>
    public long ImageBytes => Math.Min(freeBytes, offer.TotalMemoryBytes + ImagesBesidesMemory);

    /// <summary>Tells how much it has taken already.</summary>
    public Func<long> Taken { get; set; } = static () => 0;

    /// <summary>What it was promised and has not taken yet.</summary>
    public long OutstandingBytes => Math.Max(0, offer.TotalMemoryBytes - Taken());

    public void Dispose() => leave(this);
}
