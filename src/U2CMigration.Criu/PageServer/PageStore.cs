using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>Pages in numbered slots of a file that has no name: it goes when it is closed, whatever happens.</summary>
internal sealed class PageStore : IDisposable
{
    private const int CopyBytes = 1 << 20;
    private readonly SafeFileHandle _file;
    private readonly Stack<long> _free = [];
    private long _slots;

    private PageStore(SafeFileHandle file) => _file = file;

    internal static PageStore Create(string directory)
    {
        string path = Path.Combine(directory, $".pages-{Guid.NewGuid():N}");
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Delete(path);
        return new PageStore(file);
    }

    internal long NewSlot() => _free.TryPop(out long slot) ? slot : _slots++;

    internal void Write(long slot, ReadOnlySpan<byte> page) => RandomAccess.Write(_file, page, slot * Environment.SystemPageSize);

    /// <summary>Makes every slot free that no run uses.</summary>
    internal void Retain(IEnumerable<StoredRun> runs)
    {
        var used = new System.Collections.BitArray(checked((int)_slots));
        foreach (StoredRun run in runs)
        {
            for (long slot = run.Slot; slot < run.Slot + run.Pages; slot++)
            {
                used[(int)slot] = true;
            }
        }

        _free.Clear();

        // Backwards, so that the lowest is given first and neighbours stay neighbours.
        for (int slot = used.Count - 1; slot >= 0; slot--)
        {
            if (!used[slot])
            {
                _free.Push(slot);
            }
        }
    }

    /// <summary>Appends the pages of runs to a file.</summary>
    internal void CopyTo(PagesFile target, IEnumerable<StoredRun> runs, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[CopyBytes];
        foreach (StoredRun run in runs)
        {
            long size = run.Pages * Environment.SystemPageSize;
            for (long done = 0; done < size; done += buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - done));
                ReadExactly(piece, (run.Slot * Environment.SystemPageSize) + done);
                target.Append(piece);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadExactly(Span<byte> piece, long offset)
    {
        while (!piece.IsEmpty)
        {
            int read = RandomAccess.Read(_file, piece, offset);
            if (read == 0)
            {
                throw new EndOfStreamException("The store of received pages is shorter than what was stored.");
            }

            piece = piece[read..];
            offset += read;
        }
    }
}
