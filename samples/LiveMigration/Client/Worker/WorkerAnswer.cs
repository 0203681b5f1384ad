using System.Globalization;

namespace LiveMigration.Client.Worker;

/// <summary>What a program of native/ answers to a command.</summary>
/// <param name="IsOk">Whether it found its data as it should be.</param>
/// <param name="Operations">Units of work it has done so far; 0 when it does not say.</param>
/// <param name="Pages">Pages it has checked; 0 when it does not say.</param>
public sealed record WorkerAnswer(bool IsOk, long Operations, long Pages)
{
    private const string Mismatch = "mismatch: ";

    /// <exception cref="InvalidDataException">The line is no such answer.</exception>
    public static WorkerAnswer Parse(string line)
    {
        if (line.StartsWith(Mismatch, StringComparison.Ordinal))
        {
            return new WorkerAnswer(false, 0, 0);
        }

        string[] words = line.Split(' ');
        return words[0] == "ok" ? new WorkerAnswer(true, Count(words, "operations="), Count(words, "pages=")) : throw new InvalidDataException($"The workload answered '{line}'.");
    }

    private static long Count(string[] words, string name)
    {
        string? word = Array.Find(words, w => w.StartsWith(name, StringComparison.Ordinal));
        return word is not null && long.TryParse(word.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0;
    }
}
