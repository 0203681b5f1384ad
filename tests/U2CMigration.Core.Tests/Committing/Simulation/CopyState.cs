namespace U2CMigration.Core.Tests.Committing.Simulation;

internal enum CopyState
{
    None,

    /// <summary>CRIU holds it, and without CRIU it is stuck forever.</summary>
    HeldByCriu,

    /// <summary>CRIU lets go of it: if CRIU dies now, it runs.</summary>
    AboutToRun,

    /// <summary>Complete, frozen, needs no one.</summary>
    Frozen,

    Runs,
}
