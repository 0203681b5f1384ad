using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Traces;

namespace PredictionEvaluation;

/// <summary>A trace to judge predictors by.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="Oracle">Knows the probability of each write; null where nobody does.</param>
public sealed record EvaluatedTrace(PageTrace Trace, Func<IPagePredictor>? Oracle)
{
    public string Family => Trace.Header.Family;

    /// <summary>The recorded traces of a folder.</summary>
    public static IReadOnlyList<EvaluatedTrace> LoadAll(DirectoryInfo folder, string only) =>
    [
        .. folder.Exists
            ? folder.EnumerateFiles("*.u2ctrace").Where(file => file.Name.Contains(only, StringComparison.Ordinal)).OrderBy(static file => file.Name, StringComparer.Ordinal)
                .Select(static file => new EvaluatedTrace(TraceReader.Read(file.FullName), null))
            : [],
    ];
}
