namespace U2CMigration.Core.PageStores;

/// <summary>The destination is out of memory: the pages of the workload do not fit. Raised before the kernel would kill anything.</summary>
public sealed class PageStoreFullException : PageStoreException
{
    internal PageStoreFullException(long storedBytes, long limitBytes)
        : base($"The destination is out of memory: its page store holds {storedBytes >> 20} MiB and its limit is {limitBytes >> 20} MiB. "
            + "Free memory there, choose another host, or raise MigrationReceiverOptions.MaxMemoryBytes. The workload still runs on the source.")
    {
        StoredBytes = storedBytes;
        LimitBytes = limitBytes;
    }

    /// <summary>The memory that the store takes.</summary>
    public long StoredBytes { get; }

    /// <summary>The most it may take.</summary>
    public long LimitBytes { get; }
}
