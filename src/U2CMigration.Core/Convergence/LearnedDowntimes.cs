using System.Text.Json;
using U2CMigration.Core.Records;

namespace U2CMigration.Core.Convergence;

/// <summary>What was learned of downtimes, in a file of the work directory: for each destination and kind of owner, and for all together, which is the first guess for one that is new.</summary>
/// <param name="workDirectory">The work directory.</param>
internal sealed class LearnedDowntimes(string workDirectory)
{
    private const string FileName = "downtimes.json";
    private const string Anywhere = "*";
    private const int MostEntries = 256;
    private const int MostBytes = 4 << 20;

    private readonly string _path = Path.Combine(workDirectory, FileName);

    /// <summary>What is known of a destination.</summary>
    public DowntimeModel Find(string destination) => Find(destination, Read());

    /// <summary>Learns from a migration. Of two that end at the same time one may be lost.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="parts">What the first guess was of each part.</param>
    /// <param name="taken">What it took.</param>
    /// <exception cref="IOException">It cannot be written down.</exception>
    public void Note(string destination, ReadOnlySpan<TimeSpan> parts, TimeSpan taken)
    {
        Dictionary<string, LearnedDowntime> known = Read();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        foreach (string name in (ReadOnlySpan<string>)[destination, Anywhere])
        {
            DowntimeModel model = Find(name, known);
            model.Learn(parts, taken);
            known[name] = model.Write(now);
        }

        foreach (string oldest in known.OrderBy(static entry => entry.Value.Seen).Take(known.Count - MostEntries).Select(static entry => entry.Key).ToList())
        {
            known.Remove(oldest);
        }

        DurableFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(known, LearnedText.Default.DictionaryStringLearnedDowntime));
    }

    private static DowntimeModel Find(string destination, Dictionary<string, LearnedDowntime> known) =>
        known.GetValueOrDefault(destination) is { } own ? DowntimeModel.Of(own)
        : known.GetValueOrDefault(Anywhere) is { } all ? DowntimeModel.Of(all).AsFirstGuess()
        : DowntimeModel.Untaught();

    /// <summary>What is damaged was not learned.</summary>
    private Dictionary<string, LearnedDowntime> Read()
    {
        try
        {
            return File.Exists(_path) && new FileInfo(_path).Length <= MostBytes
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), LearnedText.Default.DictionaryStringLearnedDowntime) ?? []
                : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
