using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.TwoPhase;
using U2CMigration.Strategy.Peers;

namespace U2CMigration.Strategy.Strategies;

/// <summary>The strategies by the names that options and reports use.</summary>
/// <remarks>With <c>+codec</c> behind its name, a strategy whose pages travel as they are uses differences and compression instead.</remarks>
public static class MigrationStrategies
{
    private static readonly Dictionary<string, (Func<TimeProvider?, IMigrationStrategy> Create, bool UsesCodec)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mbdpc"] = (static _ => new SkippingPreCopyStrategy(new RandomForestPredictor(RandomForest.Shipped())), true),
        ["precopy-converge"] = (static _ => new ConvergingPreCopyStrategy(), false),
        ["precopy-incus"] = (static _ => IncusPreCopyStrategy.AsWritten(), false),
        ["precopy-incus-intended"] = (static _ => IncusPreCopyStrategy.AsIntended(), false),
        ["precopy-phaul"] = (static _ => PhaulPreCopyStrategy.AsWritten(), false),
        ["precopy-phaul-intended"] = (static _ => PhaulPreCopyStrategy.AsIntended(), false),
        ["precopy-qemu"] = (static _ => new QemuPreCopyStrategy(), false),
        ["stop-and-copy"] = (static _ => new StopAndCopyStrategy(), false),
        ["u2c"] = (static clock => new PredictivePreCopyStrategy(TwoPhases(clock)), true),
        ["u2c-paper"] = (static _ => new PublishedStrategy(new PublishedPredictor(new AttentionPredictor())), false),
        ["u2c-unordered"] = (static _ => new PredictivePreCopyStrategy(null, isOrdered: false), true),
        ["u2c-unpredicted"] = (static _ => new PredictivePreCopyStrategy(null), true),
    };

    /// <summary>The name of the strategy used when none is named.</summary>
    public const string DefaultName = "u2c";

    /// <summary>All names, sorted; <c>NAME+codec</c> where the strategy does not use the codec anyway.</summary>
    public static IReadOnlyCollection<string> Names { get; } =
        [.. Known.Keys.Concat(Known.Where(static pair => !pair.Value.UsesCodec).Select(static pair => pair.Key + CodecStrategy.Suffix)).Order(StringComparer.Ordinal)];

    /// <summary>Creates a strategy.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <exception cref="ArgumentException">There is no strategy of that name.</exception>
    public static IMigrationStrategy Create(string name) => Create(name, TimeProvider.System);

    /// <summary>Creates a strategy whose decisions do not depend on how fast this machine is, as a replay wants it.</summary>
    /// <inheritdoc cref="Create(string)"/>
    public static IMigrationStrategy CreateForReplay(string name) => Create(name, null);

    private static TwoPhasePredictor TwoPhases(TimeProvider? clock) => new(new DataShiftPredictor(), [new AttentionPredictor()], clock);

    private static IMigrationStrategy Create(string name, TimeProvider? clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        bool codec = name.EndsWith(CodecStrategy.Suffix, StringComparison.OrdinalIgnoreCase);
        if (!Known.TryGetValue(codec ? name[..^CodecStrategy.Suffix.Length] : name, out (Func<TimeProvider?, IMigrationStrategy> Create, bool UsesCodec) known) || (codec && known.UsesCodec))
        {
            throw new ArgumentException($"There is no strategy '{name}'. Choose one of: {string.Join(", ", Names)}.", nameof(name));
        }

        return codec ? new CodecStrategy(known.Create(clock)) : known.Create(clock);
    }
}
