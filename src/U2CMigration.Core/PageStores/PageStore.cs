using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.PageStores;

/// <summary>
/// The pages of a workload at the destination, by process and address, in one anonymous file mapped into this process. Neighbouring pages lie side by
/// side, so that userfaultfd can copy up to 2 MiB of them at once.
/// </summary>
/// <remarks>
/// One thread writes (the receive loop, through <see cref="IPageSink"/> and <see cref="Drop(PageRun)"/>). Looking up, releasing and verifying may be done by
/// several threads at once, of pages that are not being written. The memory goes away with the store: dispose it only after the lazy-pages daemon has
/// ended.
/// </remarks>
public sealed unsafe partial class PageStore : IPageSink, ILazyPageSource, IDisposable
{
    private const int PageBytes = PageBatch.PageBytes;

    // Below this, giving memory back costs more (a system call and a flush of the translation caches) than it gains.
    private const int MinPunchPages = 64;

    /// <summary>Bookkeeping that does not count: 100 KiB, which every migration has.</summary>
    private const int FreeChunks = 16;

    private readonly SafeFileHandle _file;
    private readonly MemoryMapping _mapping;
    private readonly MemoryMapping _zeros;
    private readonly byte* _start;
    private readonly byte* _zero;
    private readonly ChunkIndex _chunks = new();
    private readonly long _reservedBytes;
    private long _nextOffset;
    private long _heldPages;
    private long _zeroPages;
    private long _backedPages;
    private long _writes;
    private bool _keeps;
    private Chunk? _last;

    /// <summary>Makes an empty store.</summary>
    /// <param name="options">How much memory it may take.</param>
    /// <exception cref="PageStoreException">The kernel gave no file or no address space.</exception>
    public PageStore(PageStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _keeps = options.KeepUntilVerified;
        _reservedBytes = options.ReservedBytes / Chunk.Bytes * Chunk.Bytes;
        MaxBytes = options.MaxBytes > 0 ? options.MaxBytes : DefaultLimit(options.KeepUntilVerified);
        _file = Memfd.Create("u2c-pages\0"u8, _reservedBytes);
        try
        {
            _mapping = MemoryMapping.OfFile(_file, _reservedBytes);
            _zeros = MemoryMapping.OfZeros(Chunk.Bytes);
        }
        catch
        {
            _mapping?.Dispose();
            _file.Dispose();
            throw;
        }

        _start = _mapping.Start;
        _zero = _zeros.Start;
    }

    /// <summary>The most memory that pages may take.</summary>
    public long MaxBytes { get; }

    /// <summary>What the store holds now.</summary>
    public PageStoreStatistics Statistics =>
        new(Interlocked.Read(ref _heldPages), Interlocked.Read(ref _zeroPages), Interlocked.Read(ref _backedPages) * PageBytes, Interlocked.Read(ref _writes));

    /// <summary>Whether a page is held.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    public bool Contains(int processId, ulong address) => _chunks.Find(processId, address) is { } chunk && Chunk.Has(chunk.Present, Chunk.PageOf(address));

    /// <summary>How often a page was written, each version counted; 0 if never.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    public uint VersionOf(int processId, ulong address) => _chunks.Find(processId, address)?.Versions[Chunk.PageOf(address)] ?? 0;

    /// <summary>Frees everything at once, the pages still held among it.</summary>
    public void Dispose()
    {
        _mapping.Dispose();
        _zeros.Dispose();
        _file.Dispose();
    }

    private static long DefaultLimit(bool keeps)
    {
        long available = AvailableMemory.Read();
        return available == long.MaxValue ? long.MaxValue : keeps ? available / 2 : available / 10 * 9;
    }

    /// <summary>What pages take, and what is known about them.</summary>
    private long TakenBytes => (Interlocked.Read(ref _backedPages) * PageBytes) + ((long)Math.Max(0, _chunks.Count - FreeChunks) * Chunk.BookkeepingBytes);

    private byte* PageAt(Chunk chunk, int page) => _start + chunk.Offset + ((long)page * PageBytes);
}
