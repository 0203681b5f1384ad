using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Keeps pages in a dictionary; a zero page is an empty array.</summary>
internal sealed class DictionarySink : IPageSink
{
    private readonly byte[] _page = new byte[PageBatch.PageBytes];

    public Dictionary<(int ProcessId, ulong Address), byte[]> Pages { get; } = [];

    public Span<byte> Prepare(int processId, ulong address)
    {
        Pages.Remove((processId, address));
        return _page;
    }

    public void Complete(int processId, ulong address, ulong checksum) => Pages[(processId, address)] = [.. _page];

    public void StoreZero(int processId, ulong address) => Pages[(processId, address)] = [];
}
