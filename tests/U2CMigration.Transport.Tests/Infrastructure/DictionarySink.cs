using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Keeps pages in a dictionary; a zero page is an empty array.</summary>
internal sealed class DictionarySink : IPageSink
{
    private const int GuardBytes = 64;
    private const byte Guard = 0xa5;

    private static readonly byte[] ZeroPage = new byte[PageBatch.PageBytes];

    private readonly byte[] _page = CreatePage();

    public Dictionary<(int ProcessId, ulong Address), byte[]> Pages { get; } = [];

    private Span<byte> Page => _page.AsSpan(GuardBytes, PageBatch.PageBytes);

    /// <summary>Whether nothing was written in front of or behind a page.</summary>
    public bool GuardsAreIntact => !_page.AsSpan(0, GuardBytes).ContainsAnyExcept(Guard) && !_page.AsSpan(GuardBytes + PageBatch.PageBytes).ContainsAnyExcept(Guard);

    public Span<byte> Prepare(int processId, ulong address)
    {
        Pages.Remove((processId, address));
        return Page;
    }

    public void Complete(int processId, ulong address, ulong checksum) => Pages[(processId, address)] = [.. Page];

    public void StoreZero(int processId, ulong address) => Pages[(processId, address)] = [];

    public ReadOnlySpan<byte> Held(int processId, ulong address) =>
        !Pages.TryGetValue((processId, address), out byte[]? page) ? default : page.Length == 0 ? ZeroPage : page;

    public bool Keep(int processId, ulong address, ulong checksum)
    {
        ReadOnlySpan<byte> held = Held(processId, address);
        return !held.IsEmpty && PageChecksum.Of(held) == checksum;
    }

    private static byte[] CreatePage()
    {
        byte[] page = new byte[PageBatch.PageBytes + (2 * GuardBytes)];
        page.AsSpan().Fill(Guard);
        return page;
    }
}
