namespace LiveMigration.Client;

/// <summary>What a look at all data of the workload has found.</summary>
/// <param name="Items">Keys that were read back, or pages that the workload has checked.</param>
/// <param name="LostWrites">Acknowledged work that is not there; at least 1 when anything is wrong.</param>
public sealed record DataCheck(long Items, long LostWrites);
