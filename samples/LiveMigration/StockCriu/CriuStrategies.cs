namespace LiveMigration.StockCriu;

/// <summary>Migrations by unmodified CRIU, driven the way that others drive it.</summary>
public static class CriuStrategies
{
    /// <summary>Stop-and-copy, without any pre-dump.</summary>
    public const string Stock = "criu-stock";

    private static readonly Dictionary<string, Func<PreDumpRule>?> Rules = new()
    {
        [Stock] = null,
        ["criu-predump-phaul"] = static () => PreDumpRule.Phaul(asWritten: true),
        ["criu-predump-phaul-intended"] = static () => PreDumpRule.Phaul(asWritten: false),
        ["criu-predump-incus"] = PreDumpRule.Incus,
    };

    /// <summary>What can be given to <c>--strategy</c> besides the strategies of the library.</summary>
    public static IReadOnlyCollection<string> Names => Rules.Keys;

    public static bool Has(string? name) => name is not null && Rules.ContainsKey(name);

    /// <summary>The rule for one migration; null for no pre-dumps.</summary>
    public static PreDumpRule? Rule(string name) => Rules[name]?.Invoke();
}
