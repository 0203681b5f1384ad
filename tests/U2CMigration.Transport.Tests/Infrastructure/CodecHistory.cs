using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>A workload of two processes whose pages change in every way there is, and what the destination must hold of them.</summary>
internal sealed class CodecHistory(int seed)
{
    private const int PagesOfProcess = 700;
    private const ulong Start = 0x7f12_3450_0000;

    private readonly Random _random = new(seed);
    private readonly Dictionary<(int ProcessId, ulong Address), byte[]> _now = [];

    /// <summary>Sends some rounds; whether the destination holds what was sent last after each of them.</summary>
    public bool Play(CodedLink link, int pieceBytes)
    {
        var batch = new PageBatch();
        for (int round = 0; round < 8; round++)
        {
            FillAndSend(batch, link, pieceBytes);
            foreach ((int processId, ulong address) in _now.Keys)
            {
                if (!link.Held(processId, address).AsSpan().SequenceEqual(_now[(processId, address)]))
                {
                    return false;
                }
            }

            if (_random.Next(4) == 0)
            {
                Drop(link);
            }
        }

        return link.Sink.Pages.Count == _now.Count;
    }

    private void FillAndSend(PageBatch batch, CodedLink link, int pieceBytes)
    {
        batch.Clear();
        while (batch.FreePages > 0 && _random.Next(12) > 0)
        {
            int pages = _random.Next(1, Math.Min(batch.FreePages, 40) + 1);
            int first = batch.PageCount;
            int processId = _random.Next(1, 3);
            ulong address = Start + ((ulong)_random.Next(PagesOfProcess) << 12);
            Span<byte> memory = batch.Add(processId, address, pages);
            for (int i = 0; i < pages; i++)
            {
                byte[] page = Next(processId, address + ((ulong)i << 12));
                page.CopyTo(memory[(i * PageBatch.PageBytes)..]);
                if (_random.Next(10) == 0)
                {
                    batch.Exclude(first + i);
                }
                else
                {
                    _now[(processId, address + ((ulong)i << 12))] = page;
                }
            }
        }

        link.Send(batch, pieceBytes);
    }

    private byte[] Next(int processId, ulong address)
    {
        byte[] before = _now.GetValueOrDefault((processId, address)) ?? new byte[PageBatch.PageBytes];
        return _random.Next(7) switch
        {
            0 => new byte[PageBatch.PageBytes],
            1 => before,
            2 when _now.Count > 0 => _now.Values.ElementAt(_random.Next(_now.Count)),
            3 => Contents.Text(_random.Next(50)),
            4 => Contents.Random(_random.Next(50)),
            _ => Contents.Changed(before, _random.Next(100_000), _random.Next(1, 2000)),
        };
    }

    private void Drop(CodedLink link)
    {
        int processId = _random.Next(1, 3);
        var run = new PageRun(processId, Start + ((ulong)_random.Next(PagesOfProcess) << 12), _random.Next(1, 800));
        if (_random.Next(3) == 0)
        {
            run = new PageRun(processId, 0, 1L << 35);
        }

        link.Codec.Forget(run);
        foreach ((int ProcessId, ulong Address) page in _now.Keys.Where(p => p.ProcessId == processId && p.Address >= run.Address && p.Address < run.End).ToList())
        {
            _now.Remove(page);
            link.Sink.Pages.Remove(page);
        }
    }
}
