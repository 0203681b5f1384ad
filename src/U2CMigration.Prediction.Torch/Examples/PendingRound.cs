using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Torch.Examples;

/// <summary>The examples of a round whose later samples are not all known yet.</summary>
internal sealed class PendingRound(RoundContext context, int source)
{
    private readonly List<(int ProcessId, ulong Start, int Page)> _places = [];
    private readonly List<ExampleGroup> _groups = [];
    private int _horizon;

    public IReadOnlyList<ExampleGroup> Groups => _groups;

    /// <summary>Adds a page.</summary>
    public void Add(PageHistories histories, int chunk, int page, in PageInput input)
    {
        int lane = _places.Count % ExampleGroup.Size;
        if (lane == 0)
        {
            _groups.Add(new ExampleGroup(context, source));
        }

        _groups[^1].Pages[lane] = input;
        _places.Add((histories.ProcessOf(chunk), histories.StartOf(chunk), page));
    }

    /// <summary>Notes what the pages did in the newest sample, the next of the horizons.</summary>
    public void Observe(PageHistories histories)
    {
        for (int i = 0; i < _places.Count; i++)
        {
            int chunk = histories.Find(_places[i].ProcessId, _places[i].Start);
            int page = _places[i].Page;
            int at = (_horizon * ExampleGroup.Size) + (i % ExampleGroup.Size);
            ExampleGroup group = _groups[i / ExampleGroup.Size];
            group.Targets[at] = (histories.DirtyRow(chunk, 0)[page >> 6] >> (page & 63)) & 1;
            group.Weights[at] = 1;
        }

        _horizon = Math.Min(_horizon + 1, PagePrediction.Horizons - 1);
    }
}
