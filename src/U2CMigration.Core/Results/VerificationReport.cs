namespace U2CMigration.Core.Results;

/// <summary>The comparison of every page of the frozen source with the restored processes of the destination.</summary>
/// <param name="PagesVerified">The pages compared.</param>
/// <param name="PagesMismatched">The pages that differ; 0 in a correct migration.</param>
public sealed record VerificationReport(long PagesVerified, long PagesMismatched)
{
    /// <summary>
    /// The pages that were compared before the commit as well, while the restored processes were held. Had one differed, the migration would have failed and the workload
    /// would run on the source.
    /// </summary>
    public long PagesHeld { get; init; }

    /// <summary>The pages that the restored processes had as the frozen ones had them when they were read, after the resume.</summary>
    public long PagesEqual { get; init; }

    /// <summary>The pages that the restored processes had changed by then. What they had been given was the same as in the frozen processes.</summary>
    public long PagesChanged { get; init; }

    /// <summary>The first of the pages that differ: process and address on the source, and what is mapped there.</summary>
    public IReadOnlyList<string> Mismatches { get; init; } = [];
}
