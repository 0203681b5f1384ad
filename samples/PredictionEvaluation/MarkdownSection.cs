namespace PredictionEvaluation;

/// <summary>Puts results into a document, between two markers, so that its figures are always those of a run.</summary>
public static class MarkdownSection
{
    private const string End = "<!-- evaluation: end -->";

    /// <summary>Replaces what is between the markers.</summary>
    /// <param name="path">The document.</param>
    /// <param name="command">The kind of evaluation.</param>
    /// <param name="text">What is put there.</param>
    public static void Insert(string path, string command, string text)
    {
        string beginMarker = $"<!-- evaluation: begin, written by eng/evaluate.sh {command} -->";
        string document = File.ReadAllText(path);
        int begin = document.IndexOf(beginMarker, StringComparison.Ordinal);
        int end = document.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{path} has no place for the tables: it needs the lines '{beginMarker}' and '{End}'.");
        }

        File.WriteAllText(path, $"{document[..(begin + beginMarker.Length)]}\n{text}{document[end..]}");
    }
}
