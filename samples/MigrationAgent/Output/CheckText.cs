using MigrationEvents;

namespace MigrationAgent.Output;

/// <summary>What a check found, for people: grouped by what it means.</summary>
public static class CheckText
{
    private static readonly (string Severity, string Title)[] Groups =
    [
        ("refused", "refused"),
        ("givenUp", "given up, as --allow says"),
        ("information", "worth knowing"),
    ];

    public static IEnumerable<string> Lines(CheckEvent check)
    {
        if (check.Problems.Count > 0)
        {
            yield return "in the way:";
        }

        foreach (string problem in check.Problems)
        {
            yield return $"  {problem}";
        }

        foreach ((string severity, string title) in Groups)
        {
            FindingEvent[] findings = [.. check.Findings.Where(finding => finding.Severity == severity)];
            if (findings.Length > 0)
            {
                yield return $"{title}:";
            }

            foreach (FindingEvent finding in findings)
            {
                yield return $"  process {finding.ProcessId} ({finding.ProcessName}) has {finding.Thing}";
                yield return $"    {finding.Reason}.";
                yield return $"    {finding.Remedy}";
                if (finding.Option.Length > 0 && severity != "information")
                {
                    yield return $"    Option: {finding.Option}.";
                }
            }
        }

        foreach (string warning in check.Warnings)
        {
            yield return $"note: {warning}";
        }

        yield return check.IsRefused ? "It would be refused."
            : check.IsDestinationAsked ? "It could be moved; the destination would take it."
            : "Nothing on this host stands in the way; the destination was not asked (--to).";
    }
}
