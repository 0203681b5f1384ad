using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.PageStores;

/// <summary>Writes and reads pages of a store in tests.</summary>
internal static unsafe class StorePages
{
    public const int PageBytes = PageBatch.PageBytes;

    public static readonly PageStoreOptions Small = new() { MaxBytes = 1 << 30, ReservedBytes = 1 << 30 };

    public static byte[] Page(int value)
    {
        byte[] page = new byte[PageBytes];
        BitConverter.TryWriteBytes(page, value);
        page[^1] = (byte)value;
        return page;
    }

    /// <summary>Writes a page as the receive loop does; 0 stores a zero page.</summary>
    public static void Put(this PageStore store, int processId, ulong address, int value)
    {
        if (value == 0)
        {
            store.StoreZero(processId, address);
            return;
        }

        byte[] page = Page(value);
        page.CopyTo(store.Prepare(processId, address));
        store.Complete(processId, address, PageChecksum.Of(page));
    }

    public static byte[] Read(this PageStore store, int processId, ulong address)
    {
        LazyPageRun run = store.Find(processId, address, 1);
        return run.Pages == 0 ? [] : new ReadOnlySpan<byte>((void*)run.Source, PageBytes).ToArray();
    }
}
