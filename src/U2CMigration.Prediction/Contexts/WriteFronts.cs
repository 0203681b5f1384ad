using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>How far a page is from the nearest page that was written, in either direction, measured by how many pages are written in a sample.</summary>
/// <remarks>A program that walks through memory writes next what lies just ahead of where it is; how far ahead depends on how fast it is.</remarks>
internal sealed class WriteFronts
{
    private const int Ages = 4;
    private const int Far = 1 << 24;

    private readonly int[][] _below = [.. Enumerable.Range(0, Ages).Select(static _ => Array.Empty<int>())];
    private readonly int[][] _above = [.. Enumerable.Range(0, Ages).Select(static _ => Array.Empty<int>())];

    /// <summary>Measures all chunks, for the newest samples.</summary>
    public void Learn(PageHistories histories)
    {
        for (int age = 0; age < Ages; age++)
        {
            if (_below[age].Length < histories.ChunkCount)
            {
                Array.Resize(ref _below[age], histories.ChunkCount * 2);
                Array.Resize(ref _above[age], histories.ChunkCount * 2);
            }

            for (int i = 0; i < histories.Processes.Count; i++)
            {
                Measure(histories, histories.Processes[i].Chunks, age);
            }
        }
    }

    /// <summary>The distances of a page, in eight steps each.</summary>
    /// <param name="row">The pages of its chunk written in that sample.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="page">Its place in the chunk.</param>
    /// <param name="age">How many samples ago, up to 3.</param>
    /// <param name="speed">How many pages were written in that sample.</param>
    public (int Below, int Above) Levels(ReadOnlySpan<ulong> row, int chunk, int page, int age, float speed)
    {
        if (chunk >= _below[age].Length)
        {
            return (7, 7);
        }

        return (Level(Below(row, page) ?? (_below[age][chunk] + page), speed), Level(Above(row, page) ?? (_above[age][chunk] + PageHistories.ChunkPages - page), speed));
    }

    // Chunks that the program does not use lie between others, but nobody walks through them: only chunks that are known are counted.
    private void Measure(PageHistories histories, ReadOnlySpan<int> chunks, int age)
    {
        int distance = Far;
        foreach (int chunk in chunks)
        {
            _below[age][chunk] = distance;
            distance = Below(histories.DirtyRow(chunk, age), PageHistories.ChunkPages) ?? Math.Min(Far, distance + PageHistories.ChunkPages);
        }

        distance = Far;
        for (int i = chunks.Length - 1; i >= 0; i--)
        {
            _above[age][chunks[i]] = distance;
            distance = Above(histories.DirtyRow(chunks[i], age), -1) ?? Math.Min(Far, distance + PageHistories.ChunkPages);
        }
    }

    private static int? Below(ReadOnlySpan<ulong> row, int page)
    {
        for (int word = Math.Min(page >> 6, PageHistories.ChunkWords - 1); word >= 0; word--)
        {
            ulong bits = word == page >> 6 ? row[word] & ((1UL << (page & 63)) - 1) : row[word];
            if (bits != 0)
            {
                return page - ((word * 64) + 63 - BitOperations.LeadingZeroCount(bits));
            }
        }

        return null;
    }

    private static int? Above(ReadOnlySpan<ulong> row, int page)
    {
        for (int word = Math.Max(page, 0) >> 6; word < PageHistories.ChunkWords; word++)
        {
            ulong bits = word == page >> 6 ? row[word] & ~(ulong.MaxValue >> (63 - (page & 63))) : row[word];
            if (bits != 0)
            {
                return (word * 64) + BitOperations.TrailingZeroCount(bits) - page;
            }
        }

        return null;
    }

    private static int Level(int distance, float speed) => (distance / speed) switch
    {
        < 0.02f => 0,
        < 0.2f => 1,
        < 0.5f => 2,
        < 0.9f => 3,
        < 1.3f => 4,
        < 2.2f => 5,
        < 3.5f => 6,
        _ => 7,
    };
}
