using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Imagined;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Torch.Training;

/// <summary>Examples taken from traces, by family of workloads; what happened in the last fifth of every trace is kept for validation.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class TrainingSet
{
    /// <summary>How many made-up containers make a good share of the examples.</summary>
    public const int UsualImagined = 24;

    // The share of the samples of a trace that is learned from.
    private const double EarlierShare = 0.8;

    // Rounds of a longer trace give fewer examples, so that no trace weighs more than others for its length.
    private const double FullSamples = 128;

    private const string Imagined = "imagined";

    private readonly ExampleOptions _options;
    private readonly List<(string Family, List<ExampleGroup> Training, List<ExampleGroup> Validation)> _traces = [];

    /// <summary>Makes an empty set of examples with all inputs.</summary>
    /// <param name="seed">The seed of the choice of pages.</param>
    public TrainingSet(int seed = 1)
        : this(new ExampleOptions { Seed = seed })
    {
    }

    internal TrainingSet(ExampleOptions options) => _options = options;

    /// <summary>The families, in the order of their first trace.</summary>
    public IReadOnlyList<string> Families => [.. _traces.Select(static trace => trace.Family).Where(static family => family != Imagined).Distinct()];

    /// <summary>How many examples there are.</summary>
    public int Count => ExampleGroup.Size * _traces.Sum(static trace => trace.Training.Count + trace.Validation.Count);

    internal InputSelection Selection => _options.Selection;

    /// <summary>Takes examples from a trace.</summary>
    /// <param name="trace">The trace. Not kept.</param>
    public void Add(PageTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Add(trace.Header.Family, trace.Samples);
    }

    /// <summary>Takes examples from made-up containers of many kinds, which belong to no family; see the documentation of the model.</summary>
    /// <param name="containers">How many.</param>
    public void AddImagined(int containers)
    {
        for (int i = 0; i < containers; i++)
        {
            Add(Imagined, [.. ImaginedContainer.Observe((_options.Seed * 1000) + i)]);
        }
    }

    private void Add(string family, IReadOnlyList<TraceSample> samples)
    {
        ExampleCollector collector = new(_options.Thinned(FullSamples / samples.Count), _traces.Count);
        PageHistories histories = new();
        int earlier = (int)(samples.Count * EarlierShare);
        int training = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            histories.Observe(samples[i]);
            collector.Learn(histories);

            // Examples are complete when all that they predict has happened, so that none of these knows of the later part.
            training = i < earlier ? collector.Groups.Count : training;
        }

        collector.Finish();
        _traces.Add((family, [.. collector.Groups.Take(training)], [.. collector.Groups.Skip(training)]));
    }

    /// <summary>The examples to learn from, without one family.</summary>
    internal List<ExampleGroup> Training(string? without) => [.. _traces.Where(trace => trace.Family != without).SelectMany(static trace => trace.Training)];

    /// <summary>The examples to stop by, without one family.</summary>
    internal List<ExampleGroup> Validation(string? without) => [.. _traces.Where(trace => trace.Family != without).SelectMany(static trace => trace.Validation)];

    /// <summary>The validation examples of one family.</summary>
    internal List<ExampleGroup> ValidationOf(string family) => [.. _traces.Where(trace => trace.Family == family).SelectMany(static trace => trace.Validation)];
}
