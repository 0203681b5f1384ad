using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Decides after each look at the dirty pages whether to send another round or to stop the workload.</summary>
/// <remarks>One instance serves one migration. Not safe for concurrent use.</remarks>
public interface IMigrationStrategy
{
    /// <summary>The name in options and reports, for example <c>precopy-qemu</c>.</summary>
    string Name { get; }

    /// <summary>Decides on the next round.</summary>
    /// <param name="observation">The state of the migration.</param>
    RoundDecision Decide(in RoundObservation observation);
}
