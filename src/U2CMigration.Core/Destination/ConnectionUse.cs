namespace U2CMigration.Core.Destination;

/// <summary>What a connection is for.</summary>
internal enum ConnectionUse
{
    /// <summary>It has not said.</summary>
    Undecided,

    /// <summary>A migration, or whether one would be taken.</summary>
    Migration,

    /// <summary>What became of a migration. A source that asks may have its workload frozen.</summary>
    Question,
}
