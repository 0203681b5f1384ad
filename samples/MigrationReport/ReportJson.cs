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
        if (runs.Count == 1)
        {
            Write(path, JsonSerializer.Serialize(runs[0], Default.RunReport));
        }
        else
        {
            SaveSet(runs, path);
        }
    }

    /// <summary>Writes runs as a <see cref="RunSet"/>, however many they are.</summary>
    public static void SaveSet(IReadOnlyList<RunReport> runs, string path) => Write(path, JsonSerializer.Serialize(global::MigrationReport.RunSet.Of(runs), Default.RunSet));

    private static void Write(string path, string json)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, json + "\n");
    }
}
