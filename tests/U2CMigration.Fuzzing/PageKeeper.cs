using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing;

/// <summary>Keeps received pages, and notices what is written beside them.</summary>
internal sealed class PageKeeper : IPageSink
{
    private const int GuardBytes = 64;
    private const byte Guard = 0xa5;

    private static readonly byte[] ZeroPage = new byte[PageBatch.PageBytes];

    private readonly byte[] _page = new byte[PageBatch.PageBytes + (2 * GuardBytes)];
    private readonly Dictionary<(int ProcessId, ulong Address), byte[]> _pages = [];

    public PageKeeper() => _page.AsSpan().Fill(Guard);

    private Span<byte> Page => _page.AsSpan(GuardBytes, PageBatch.PageBytes);

    public Span<byte> Prepare(int processId, ulong address)
    {
        _pages.Remove((processId, address));
        return Page;
    }

    public void Complete(int processId, ulong address, ulong checksum) => _pages[(processId, address)] = [.. Page];

    public void StoreZero(int processId, ulong address) => _pages[(processId, address)] = ZeroPage;

    public ReadOnlySpan<byte> Held(int processId, ulong address) => _pages.GetValueOrDefault((processId, address));

    public bool Keep(int processId, ulong address, ulong checksum) => _pages.TryGetValue((processId, address), out byte[]? page) && PageChecksum.Of(page) == checksum;

    public void Drop(int processId, ulong address) => _pages.Remove((processId, address));

    public void ThrowIfOverrun()
    {
        if (_page.AsSpan(0, GuardBytes).ContainsAnyExcept(Guard) || _page.AsSpan(GuardBytes + PageBatch.PageBytes).ContainsAnyExcept(Guard))
        {
            throw new InvalidOperationException("Something was written beside a page.");
        }
    }
}
