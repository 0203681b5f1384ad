using U2CMigration.Core.Sessions;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Agreement;

/// <summary>What the destination says of processors that lack something which the source's have.</summary>
internal static class ProcessorComparison
{
    /// <summary>The sentence to refuse with; none where nothing is missing, or where the source allows it.</summary>
    public static IEnumerable<string> Problems(Needs needs) =>
        !needs.MayLackProcessorFeatures && Sentence(needs) is { } sentence
            ? [$"{sentence} A program that found {Them(needs)} on the source ends with SIGILL at the first use here. Move it to a host whose processors have {Them(needs)}, start it where they are not seen (a virtual machine with the processor model that both hosts have), or allow this with {nameof(MigrationSessionOptions)}.{nameof(MigrationSessionOptions.AllowMissingProcessorFeatures)} (agent: --allow-missing-cpu-features)."]
            : [];

    /// <summary>The warning to accept with, where the source allows it.</summary>
    public static IReadOnlyList<string> Warnings(Needs? needs) =>
        needs is { MayLackProcessorFeatures: true } && Sentence(needs) is { } sentence
            ? [$"{sentence} This was allowed: a program that uses {Them(needs)} ends with SIGILL."]
            : [];

    private static string? Sentence(Needs needs) =>
        ProcessorFeatures.Missing(needs.ProcessorFeatures) is { Count: > 0 } missing
            ? $"The processors of the destination lack {string.Join(", ", missing)} (names of /proc/cpuinfo), which those of the source have."
            : null;

    private static string Them(Needs needs) => ProcessorFeatures.Missing(needs.ProcessorFeatures).Count == 1 ? "it" : "them";
}
