using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Pages to be sent.</summary>
internal static class Contents
{
    public static byte[] Random(int seed)
    {
        byte[] page = new byte[PageBatch.PageBytes];
        new Random(seed).NextBytes(page);
        return page;
    }

    /// <summary>A page of text, which compresses.</summary>
    public static byte[] Text(int seed)
    {
        byte[] page = new byte[PageBatch.PageBytes];
        byte[] line = System.Text.Encoding.ASCII.GetBytes($"line {seed} of some text that comes again and again\n");
        for (int i = 0; i < page.Length; i++)
        {
            page[i] = line[i % line.Length];
        }

        return page;
    }

    /// <summary>The same page with some bytes written.</summary>
    public static byte[] Changed(byte[] page, int seed, int bytes = 100)
    {
        byte[] changed = [.. page];
        new Random(seed).NextBytes(changed.AsSpan(seed % (changed.Length - bytes), bytes));
        return changed;
    }
}
