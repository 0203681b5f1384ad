namespace U2CMigration.Strategy.Strategies;

/// <summary>What a strategy asks of the engine that runs it.</summary>
public sealed record StrategyTraits
{
    /// <summary>Rounds that are sent to their end, without looking meanwhile.</summary>
    public static StrategyTraits Plain { get; } = new();

    /// <summary>How often the dirty pages are looked at while a round is sent, for the histories; zero for not at all. Rounds with a slice are looked at when it ends.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan SampleInterval { get; init; }

    /// <summary>How long the workload is watched before anything is sent; zero for not at all.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan ObservationTime { get; init; }

    /// <summary>Looks that follow each other faster than this are one sample of the histories: a shorter one would tell little of what pages do.</summary>
    /// <value>Default: 40 ms.</value>
    public TimeSpan ShortestSample { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Whether pages travel as differences, references and compressed, where that pays.</summary>
    /// <value>Default: false.</value>
    public bool UsesCodec { get; init; }
}
