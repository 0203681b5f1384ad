using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>Takes pages that nobody wants any more.</summary>
internal sealed class DiscardingSink : IPageSink
{
    [ThreadStatic]
    private static byte[]? _page;

    public static DiscardingSink Instance { get; } = new();

    public Span<byte> Prepare(int processId, ulong address) => _page ??= new byte[PageSize.Bytes];

    public void Complete(int processId, ulong address, ulong checksum)
    {
    }

    public void StoreZero(int processId, ulong address)
    {
    }
}
