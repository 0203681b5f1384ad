using U2CMigration.Prediction.Attention;

namespace U2CMigration.Prediction.Torch.Examples;

/// <summary>Which pages of a trace become examples.</summary>
internal sealed record ExampleOptions
{
    /// <summary>Unstable pages taken in each round, at most.</summary>
    public int UnstablePages { get; init; } = 48;

    /// <summary>Stable pages taken in each round, at most, of those that were ever written.</summary>
    public int StablePages { get; init; } = 8;

    /// <summary>Pages that were never written taken in each round, at most.</summary>
    public int NeverWrittenPages { get; init; } = 4;

    /// <summary>Rounds before this many samples give no examples.</summary>
    public int FirstRound { get; init; } = 3;

    /// <summary>The inputs that the model sees.</summary>
    public InputSelection Selection { get; init; } = InputSelection.All;

    /// <summary>The seed of the choice.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The same with fewer pages of each kind, at least one.</summary>
    /// <param name="share">The share to take; 1 or more for all.</param>
    public ExampleOptions Thinned(double share) => this with { UnstablePages = Part(UnstablePages, share), StablePages = Part(StablePages, share), NeverWrittenPages = Part(NeverWrittenPages, share) };

    private static int Part(int pages, double share) => share >= 1 ? pages : Math.Max(1, (int)(pages * share));
}
