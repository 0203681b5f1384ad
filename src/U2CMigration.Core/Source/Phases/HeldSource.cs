namespace U2CMigration.Core.Source.Phases;

/// <summary>A source whose workload is frozen, while the destination holds a restored one.</summary>
/// <param name="Attached">The source.</param>
/// <param name="Stop">What the freeze has come to.</param>
internal sealed record HeldSource(AttachedSource Attached, StopAndCopy Stop)
{
    public ConnectedSource Link => Attached.Link;

    public FrozenTree Tree => Attached.Tree;
}
