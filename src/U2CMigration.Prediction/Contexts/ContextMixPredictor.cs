using System.Numerics;
using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Predicts pages from what others did in the same situation, counted in several ways at once and weighed: context mixing, as in the best compressors.</summary>
/// <remarks>
/// Nothing is trained in advance: what it knows it has seen in this container. A history says what came after each of its parts, so learning needs no past predictions:
/// one, two and three samples are taken off, and the newest ones are the outcomes. The tables have a fixed size; learning looks at a bounded number of pages.
/// </remarks>
public sealed class ContextMixPredictor : IPagePredictor, IBlockModel
{
    private const int PagesPerSample = 12288;
    private const int ChunksPerSample = 192;
    private const int Inputs = PageContexts.Count;

    private readonly ContextTable[] _tables = new ContextTable[Inputs];
    private readonly ContextMixers _mixers = new();
    private readonly MomentFinder _moments = new();
    private readonly WriteFronts _fronts = new();
    private readonly ChunkView _view = new();
    private readonly PageSelection _selection;
    private readonly int[] _groups = new int[Inputs];
    private readonly float[] _logits = new float[Inputs];
    private readonly ContextReader[] _readers;
    private readonly SpreadPass _pass;
    private int _chunk;

    /// <summary>A predictor that has learned nothing yet.</summary>
    /// <param name="selection">The pages to learn from: those it will be asked about.</param>
    public ContextMixPredictor(PageSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        _selection = selection;
        _pass = new SpreadPass(this);
        _readers = [new(_tables, _mixers), new(_tables, _mixers)];
        for (int i = 0; i < _tables.Length; i++)
        {
            _tables[i] = new ContextTable(PageContexts.SizeOf(i));
        }
    }

    /// <inheritdoc/>
    public string Name => "context-mix";

    internal SimilarMoments Moments => _moments.At(0);

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.SampleCount == 0)
        {
            return;
        }

        foreach (ContextTable table in _tables)
        {
            table.Next();
        }

        _moments.Learn(histories);
        _fronts.Learn(histories);
        int learned = 0;
        for (int i = Math.Min(ChunksPerSample, histories.ChunkCount - 1); i > 0 && learned < PagesPerSample; i--)
        {
            _chunk = _chunk + 1 < histories.ChunkCount ? _chunk + 1 : 1;
            learned += Learn(histories, _chunk);
        }
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
    }

    void IBlockModel.Begin(PageHistories histories, PagePrediction candidates) => _mixers.Pack();

    void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at) => _readers[worker].Predict(block, answers, at, _moments, _fronts);

    // The pages are those that the predictor would have been asked about then: choosing them by what they did since would teach it wrong odds.
    private int Learn(PageHistories histories, int chunk)
    {
        int horizons = Math.Min(PagePrediction.Horizons, histories.SamplesOf(chunk) - 1);
        Span<ulong> pages = stackalloc ulong[PageHistories.ChunkWords];
        bool loaded = false;
        int learned = 0;
        for (int horizon = 0; horizon < horizons; horizon++)
        {
            _selection(histories, chunk, horizon + 1, pages);
            if (pages.IndexOfAnyExcept(0UL) >= 0)
            {
                if (!loaded)
                {
                    _view.Load(histories, chunk);
                    loaded = true;
                }

                learned = Math.Max(learned, Learn(pages, horizon));
            }
        }

        return learned;
    }

    private int Learn(ReadOnlySpan<ulong> pages, int horizon)
    {
        int learned = 0;
        PageView view = _view.Shared(horizon + 1, _moments);
        for (int word = 0; word < pages.Length; word++)
        {
            for (ulong bits = pages[word]; bits != 0; bits &= bits - 1)
            {
                int page = (word * 64) + BitOperations.TrailingZeroCount(bits);
                _view.Look(page, horizon + 1, _fronts, ref view);
                bool written = (_view.Word(page) & 1) != 0;
                LogisticMixer mixer = Mix(view, horizon);
                mixer.Learn(_logits, mixer.Mix(_logits), written);
                for (int i = 0; i < Inputs; i++)
                {
                    _tables[i].Learn(_groups[i], horizon, written);
                }

                learned++;
            }
        }

        return learned;
    }

    // Looks the page up in every table; a group that has seen little says little.
    private LogisticMixer Mix(in PageView view, int horizon)
    {
        PageContexts.Find(view, horizon, _groups);
        for (int i = 0; i < Inputs; i++)
        {
            _logits[i] = _tables[i].LogOdds(_groups[i], horizon);
        }

        return _mixers.Of(view.Word, horizon);
    }
}
