namespace U2CMigration.Criu.Versions;

/// <summary>What CRIU can do with the running kernel.</summary>
/// <param name="MemoryTracking">It can follow changed pages by the soft-dirty bit; without it a pre-dump ends in a crash of CRIU (the target survives).</param>
/// <param name="LazyPages">It can restore with pages missing, through userfaultfd.</param>
/// <param name="PidFdStore">It can recognise reused process ids by pidfd.</param>
public readonly record struct CriuFeatures(bool MemoryTracking, bool LazyPages, bool PidFdStore);
