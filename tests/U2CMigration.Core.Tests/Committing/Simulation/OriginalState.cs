namespace U2CMigration.Core.Tests.Committing.Simulation;

internal enum OriginalState
{
    Frozen,
    Runs,
    Gone,
}
