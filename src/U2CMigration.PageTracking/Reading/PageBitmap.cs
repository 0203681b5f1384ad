using System.Numerics;

namespace U2CMigration.PageTracking.Reading;

/// <summary>One bit for each page of a batch, in memory of the caller.</summary>
public readonly ref struct PageBitmap
{
    private const int BitsPerWord = 64;
    private readonly Span<ulong> _words;

    /// <summary>Uses words as a bitmap; their present content counts.</summary>
    /// <param name="words">At least <see cref="WordsFor"/> words.</param>
    public PageBitmap(Span<ulong> words) => _words = words;

    /// <summary>The number of pages that fit.</summary>
    public int Capacity => _words.Length * BitsPerWord;

    /// <summary>The number of pages whose bit is set.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Whether the bit of a page is set.</summary>
    /// <param name="page">The position of the page in the batch.</param>
    public bool this[int page] => (_words[page / BitsPerWord] >> (page % BitsPerWord) & 1) != 0;

    /// <summary>The number of words that a number of pages needs.</summary>
    /// <param name="pages">The pages.</param>
    public static int WordsFor(int pages) => (pages + BitsPerWord - 1) / BitsPerWord;

    /// <summary>Sets the bit of a page.</summary>
    /// <param name="page">The position of the page in the batch.</param>
    public void Set(int page) => _words[page / BitsPerWord] |= 1UL << (page % BitsPerWord);

    /// <summary>Clears all bits.</summary>
    public void Clear() => _words.Clear();
}
