namespace U2CMigration.Core.Results;

/// <summary>The comparison of every page of the frozen source with the destination.</summary>
/// <param name="PagesVerified">The pages compared.</param>
/// <param name="PagesMismatched">The pages that differ; 0 in a correct migration.</param>
public sealed record VerificationReport(long PagesVerified, long PagesMismatched);
