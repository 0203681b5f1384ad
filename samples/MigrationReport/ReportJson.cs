using System.Text.Json;
using System.Text.Json.Serialization;

namespace MigrationReport;

/// <summary>Reads and writes reports, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(RunSet))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Writes a single run as a report, several as a <see cref="RunSet"/>.</summary>
    public static void Save(IReadOnlyList<RunReport> runs, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, (runs.Count == 1 ? JsonSerializer.Serialize(runs[0], Default.RunReport) : JsonSerializer.Serialize(global::MigrationReport.RunSet.Of(runs), Default.RunSet)) + "\n");
    }
}
