using U2CMigration.Prediction.TwoPhase;

namespace U2CMigration.Strategy.Strategies;

/// <summary>The strategies by the names that options and reports use.</summary>
public static class MigrationStrategies
{
    private static readonly Dictionary<string, Func<IMigrationStrategy>> Factories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["precopy-converge"] = static () => new ConvergingPreCopyStrategy(),
        ["precopy-qemu"] = static () => new QemuPreCopyStrategy(),
        ["u2c"] = static () => new PredictivePreCopyStrategy(new TwoPhasePredictor()),
        ["stop-and-copy"] = static () => new StopAndCopyStrategy(),
    };

    /// <summary>The name of the strategy used when none is named.</summary>
    public const string DefaultName = "u2c";

    /// <summary>All names, sorted.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. Factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Creates a strategy.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no strategy of that name.</exception>
    public static IMigrationStrategy Create(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Factories.TryGetValue(name, out Func<IMigrationStrategy>? create)
            ? create()
            : throw new ArgumentException($"There is no strategy '{name}'. Choose one of: {string.Join(", ", Names)}.", nameof(name));
    }
}
