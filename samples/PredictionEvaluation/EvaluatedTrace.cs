using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Traces;
using U2CMigration.Prediction.Traces.Synthetic;

namespace PredictionEvaluation;

/// <summary>A trace to judge predictors by.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Oracle">Knows the probability of each write; null where nobody does.</param>
public sealed record EvaluatedTrace(PageTrace Trace, Func<IPagePredictor>? Oracle)
{
    private const int Seed = 1;
    private const int SyntheticSamples = 100;

    public string Family => Trace.Header.Family;

    /// <summary>Workloads whose law is known, each as a family of its own.</summary>
    public static IEnumerable<EvaluatedTrace> Synthetic()
    {
        int count = SyntheticTrace.Standard(Seed).Count;
        for (int i = 0; i < count; i++)
        {
            int index = i;
            ISyntheticWorkload workload = SyntheticTrace.Standard(Seed)[index];
            PageTrace trace = SyntheticTrace.Record(workload, SyntheticSamples, TimeSpan.FromMilliseconds(250));
            yield return new EvaluatedTrace(
                trace with { Header = trace.Header with { Family = workload.Name } }, () => new OraclePredictor(SyntheticTrace.Standard(Seed)[index]));
        }
    }

    /// <summary>The recorded traces of a folder.</summary>
    public static IReadOnlyList<EvaluatedTrace> LoadAll(DirectoryInfo folder, string only) =>
    [
        .. folder.Exists
            ? folder.EnumerateFiles("*.u2ctrace").Where(file => file.Name.Contains(only, StringComparison.Ordinal)).OrderBy(static file => file.Name, StringComparer.Ordinal)
                .Select(static file => new EvaluatedTrace(TraceReader.Read(file.FullName), null))
            : [],
    ];
}
