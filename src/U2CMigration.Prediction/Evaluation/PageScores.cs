namespace U2CMigration.Prediction.Evaluation;

/// <summary>F1 of each page for itself, averaged over the pages that were written at least once: the others have no F1, whatever was predicted, and do not count.</summary>
internal sealed class PageScores
{
    private ushort[] _hits = [];
    private ushort[] _misses = [];
    private ushort[] _falseAlarms = [];

    public void Add(int page, bool predicted, bool written)
    {
        if (!predicted && !written)
        {
            return;
        }

        if (page >= _hits.Length)
        {
            int length = Math.Max(page + 1, _hits.Length * 2);
            Array.Resize(ref _hits, length);
            Array.Resize(ref _misses, length);
            Array.Resize(ref _falseAlarms, length);
        }

        ref ushort count = ref (predicted ? ref (written ? ref _hits[page] : ref _falseAlarms[page]) : ref _misses[page]);
        count++;
    }

    /// <summary>The sum of F1 over the pages that count, and their number.</summary>
    public (double Sum, long Pages) Total()
    {
        double sum = 0;
        long pages = 0;
        for (int i = 0; i < _hits.Length; i++)
        {
            var confusion = new Confusion(_hits[i], _falseAlarms[i], _misses[i]);
            if (_hits[i] + _misses[i] > 0)
            {
                sum += confusion.F1;
                pages++;
            }
        }

        return (sum, pages);
    }
}
