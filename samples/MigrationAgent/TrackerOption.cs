using System.CommandLine;
using U2CMigration.PageTracking.Trackers;

namespace MigrationAgent;

/// <summary>The option that names a tracker.</summary>
public static class TrackerOption
{
    private static readonly Dictionary<string, TrackerKind> Kinds =
        Enum.GetValues<TrackerKind>().ToDictionary(kind => string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}")));

    public static Option<TrackerKind> Create() => new("--tracker")
    {
        Description = $"How dirty pages are found: {string.Join(", ", Kinds.Keys)}.",
        DefaultValueFactory = _ => TrackerKind.Auto,
        CustomParser = result =>
        {
            if (Kinds.TryGetValue(result.Tokens[0].Value, out TrackerKind kind))
            {
                return kind;
            }

            result.AddError($"There is no tracker '{result.Tokens[0].Value}'; choose one of {string.Join(", ", Kinds.Keys)}.");
            return default;
        },
    };
}
