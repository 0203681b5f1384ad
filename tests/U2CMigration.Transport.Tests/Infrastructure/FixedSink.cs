using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Keeps the pages behind 0x200000 of process 1, without allocating.</summary>
internal sealed class FixedSink(int pages) : IPageSink
{
    private readonly byte[] _bytes = new byte[pages * PageBatch.PageBytes];
    private readonly ulong[] _checksums = new ulong[pages];

    public Span<byte> Prepare(int processId, ulong address) => Page(address);

    public void Complete(int processId, ulong address, ulong checksum) => _checksums[Index(address)] = checksum;

    public void StoreZero(int processId, ulong address)
    {
        Page(address).Clear();
        _checksums[Index(address)] = PageChecksum.Zero;
    }

    public ReadOnlySpan<byte> Held(int processId, ulong address) => Page(address);

    public bool Keep(int processId, ulong address, ulong checksum) => _checksums[Index(address)] == checksum;

    private static int Index(ulong address) => (int)((address - 0x20_0000) >> 12);

    private Span<byte> Page(ulong address) => _bytes.AsSpan(Index(address) * PageBatch.PageBytes, PageBatch.PageBytes);
}
