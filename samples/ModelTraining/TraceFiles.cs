using U2CMigration.Prediction.Traces;

namespace ModelTraining;

/// <summary>The traces to learn from.</summary>
internal static class TraceFiles
{
    public static IReadOnlyList<string> In(string folder)
    {
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.u2ctrace") : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new FileNotFoundException($"There is no *.u2ctrace in {folder}; record some with eng/record-traces.sh, or name another folder with --traces.");
    }

    public static IReadOnlyList<PageTrace> ReadAll(string folder) => [.. In(folder).Select(TraceReader.Read)];
}
