using System.Text.RegularExpressions;
using U2CMigration.Criu;

namespace U2CMigration.Core.Words;

/// <summary>Says in our terms why CRIU failed, with its own words quoted.</summary>
internal static partial class CriuWords
{
    /// <summary>The sentences.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="nameOf">The process that a failure is about, as people find it; null where that is not known.</param>
    public static string Explain(CriuException failure, Func<FailedProcess, string?> nameOf)
    {
        string? what = failure.Request switch
        {
            "DUMP" => "dump the workload",
            "RESTORE" => "restore the workload",
            "COMMIT" => null,
            _ when failure.Cause is not null => "be used",
            _ => null,
        };
        if (what is null)
        {
            // Not about the workload: the program is missing, or too old. Such a sentence is ours already.
            return failure.Message;
        }

        string end = failure.ExitCode switch
        {
            null => $"CRIU could not {what}",
            > 128 and var code => $"CRIU was ended by signal {code - 128} and could not {what}",
            var code => $"CRIU ended with exit code {code} and could not {what}",
        };
        if (failure.Cause is not { } cause)
        {
            return IsSilentDump(failure) ? $"{end}: {KnownCauses.Unstoppable}" : $"{end}, and did not say why.";
        }

        (KnownCause Cause, Match Match)? known = KnownCauses.Find(cause);
        string? process = nameOf(ProcessOf(failure, known?.Match));
        string place = process is null ? string.Empty : $" ({process})";
        return known is { } found
            ? $"{end}{place}. {found.Cause.Sentence(found.Match)} CRIU says: \"{cause}\"."
            : $"{end}{place}: \"{cause}\".";
    }

    /// <summary>Whether the same migration may succeed when tried again.</summary>
    /// <remarks>A dump that fails without a word has met processes that began and ended while they were stopped, as far as that was seen.</remarks>
    public static bool IsTransient(CriuException failure) => failure.Cause is { } cause
        ? KnownCauses.Find(cause) is { Cause.IsTransient: true }
        : IsSilentDump(failure);

    private static bool IsSilentDump(CriuException failure) => failure is { Request: "DUMP", ExitCode: null, ErrorNumber: 0 };

    private static FailedProcess ProcessOf(CriuException failure, Match? match) => new()
    {
        InImages = failure.ProcessId,
        OnHost = NumberOf(match?.Groups["pid"]) is > 0 and var named ? named : NumberOf(ProcessOfAnyLine().Match(failure.LogTail ?? string.Empty).Groups[1]),
        Descriptor = match?.Groups["fd"] is { Success: true } descriptor ? NumberOf(descriptor) : null,
        Link = match?.Groups["link"] is { Success: true } link ? link.Value
            : match?.Groups["fd"] is { Success: true } && match.Groups["file"] is { Success: true } file ? "/" + file.Value.TrimStart('/')
            : string.Empty,
    };

    private static int NumberOf(Group? group) => group is { Success: true } && int.TryParse(group.ValueSpan, out int number) ? number : 0;

    // The line with the reason names no process while it dumps, but one of those that follow: "Dump files (pid: 161) failed with -1".
    [GeneratedRegex(@"\(pid: (\d{1,9})\)")]
    private static partial Regex ProcessOfAnyLine();
}
