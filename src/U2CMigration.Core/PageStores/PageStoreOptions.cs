namespace U2CMigration.Core.PageStores;

/// <summary>How much memory a page store may take, and for how long.</summary>
public sealed record PageStoreOptions
{
    /// <summary>The default of <see cref="ReservedBytes"/>: 1 TiB.</summary>
    public const long DefaultReservedBytes = 1L << 40;

    /// <summary>The most memory for pages, in bytes; 0 takes 90 % of what is available when the store is made (half of it with <see cref="KeepUntilVerified"/>, because each page then exists twice for a while).</summary>
    /// <value>0.</value>
    public long MaxBytes { get; init; }

    /// <summary>The address space set aside. It costs no memory, but each 2 MiB of a process that hold a page take 2 MiB of it.</summary>
    /// <value>1 TiB.</value>
    public long ReservedBytes { get; init; } = DefaultReservedBytes;

    /// <summary>Keeps pages that were released until <see cref="PageStore.StopKeeping"/>, so that they can be compared afterwards.</summary>
    /// <value>false.</value>
    public bool KeepUntilVerified { get; init; }

    internal void Validate()
    {
        if (MaxBytes < 0 || ReservedBytes < Chunk.Bytes)
        {
            throw new ArgumentException(
                $"The page store options are not valid: {nameof(MaxBytes)} is {MaxBytes} and must be 0 or more; {nameof(ReservedBytes)} is {ReservedBytes} and must be {Chunk.Bytes} or more.");
        }
    }
}
