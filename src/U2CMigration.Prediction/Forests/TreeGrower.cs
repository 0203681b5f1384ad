namespace U2CMigration.Prediction.Forests;

/// <summary>Grows one tree on a bootstrap sample: at each node the best question out of a random few, by Gini impurity summed over the horizons.</summary>
internal sealed class TreeGrower
{
    private const int FiguresTried = 6;
    private const int LimitsTried = 8;
    private const int SmallestNode = 32;
    private const int MaximumPages = 60_000;

    private readonly float[][] _figures;
    private readonly byte[] _outcomes;
    private readonly int _depth;
    private readonly Random _random;
    private readonly List<ForestNode> _nodes = [];

    public TreeGrower(float[][] figures, byte[] outcomes, int depth, int seed)
    {
        _figures = figures;
        _outcomes = outcomes;
        _depth = depth;
        _random = new Random(seed);
    }

    public ForestNode[] Grow()
    {
        int[] pages = new int[Math.Min(_figures.Length, MaximumPages)];
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = _random.Next(_figures.Length);
        }

        Grow(pages, 0);
        return [.. _nodes];
    }

    private void Grow(Span<int> pages, int depth)
    {
        int at = _nodes.Count;
        Outcomes all = Count(pages);
        _nodes.Add(all.ToLeaf());
        if (depth == _depth || pages.Length < 2 * SmallestNode || all.Impurity < 1e-6 || BestQuestion(pages, all) is not { } question)
        {
            return;
        }

        int middle = Partition(pages, question.Figure, question.Limit);
        Grow(pages[..middle], depth + 1);
        _nodes[at] = new ForestNode(question.Figure, question.Limit, _nodes.Count, 0, 0, 0);
        Grow(pages[middle..], depth + 1);
    }

    private (int Figure, float Limit)? BestQuestion(ReadOnlySpan<int> pages, Outcomes all)
    {
        (int, float)? best = null;
        double least = all.Impurity - 1e-6;
        for (int i = 0; i < FiguresTried; i++)
        {
            int figure = _random.Next(ForestFeatures.Count);
            for (int j = 0; j < LimitsTried; j++)
            {
                float limit = _figures[pages[_random.Next(pages.Length)]][figure];
                Outcomes below = default;
                foreach (int page in pages)
                {
                    if (_figures[page][figure] <= limit)
                    {
                        below.Add(_outcomes[page]);
                    }
                }

                Outcomes above = all.Without(below);
                double impurity = ((below.Pages * below.Impurity) + (above.Pages * above.Impurity)) / all.Pages;
                if (below.Pages >= SmallestNode && above.Pages >= SmallestNode && impurity < least)
                {
                    (best, least) = ((figure, limit), impurity);
                }
            }
        }

        return best;
    }

    private int Partition(Span<int> pages, int figure, float limit)
    {
        int middle = 0;
        for (int i = 0; i < pages.Length; i++)
        {
            if (_figures[pages[i]][figure] <= limit)
            {
                (pages[i], pages[middle]) = (pages[middle], pages[i]);
                middle++;
            }
        }

        return middle;
    }

    private Outcomes Count(ReadOnlySpan<int> pages)
    {
        Outcomes outcomes = default;
        foreach (int page in pages)
        {
            outcomes.Add(_outcomes[page]);
        }

        return outcomes;
    }

    private struct Outcomes
    {
        private int _next;
        private int _second;
        private int _third;

        public int Pages { get; private set; }

        public readonly double Impurity => Gini(_next) + Gini(_second) + Gini(_third);

        public void Add(byte outcome)
        {
            Pages++;
            _next += outcome & 1;
            _second += (outcome >> 1) & 1;
            _third += outcome >> 2;
        }

        public readonly Outcomes Without(Outcomes other) => new()
        {
            Pages = Pages - other.Pages,
            _next = _next - other._next,
            _second = _second - other._second,
            _third = _third - other._third,
        };

        public readonly ForestNode ToLeaf() => new(-1, 0, 0, Share(_next), Share(_second), Share(_third));

        private readonly float Share(int written) => (written + 0.5f) / (Pages + 1);

        private readonly double Gini(int written) => Pages == 0 ? 0 : written / (double)Pages * (1 - (written / (double)Pages));
    }
}
