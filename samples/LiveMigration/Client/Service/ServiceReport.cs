namespace LiveMigration.Client.Service;

/// <summary>What the client of a service has seen so far; eng/services/service.sh says how it tells that.</summary>
/// <param name="Answers">Those that it checked.</param>
/// <param name="Wrong">Those that were not the right ones.</param>
/// <param name="Lost">Connections that ended, or never had their answer.</param>
/// <param name="LongestStallMs">The longest that one connection waited for one answer since the report before.</param>
public sealed record ServiceReport(long Answers, long Wrong, long Lost, double LongestStallMs);
