using U2CMigration.Core.Destination;
using U2CMigration.Criu.Images;

namespace U2CMigration.Core.Tests.Destination;

public sealed class CopyOnWriteFamiliesTests
{
    private static readonly MemoryArea Heap = Area(0x100000, 16);
    private static readonly MemoryArea Big = Area(0x800000, 64);

    [Fact]
    public void Inherited_SameBounds_AreInherited() => CopyOnWriteFamilies.Inherited([Heap, Big], [Heap, Big]).Should().Equal(Heap, Big);

    [Fact]
    public void Inherited_GrownInTheChild_IsNot() => CopyOnWriteFamilies.Inherited([Area(0x100000, 17), Big], [Heap, Big]).Should().Equal(Big);

    [Fact]
    public void Inherited_BehindMappingsOfTheParentOnly_IsInherited() => CopyOnWriteFamilies.Inherited([Big], [Heap, Area(0x400000, 1), Big]).Should().Equal(Big);

    /// <summary>CRIU passes over it, so that it is not shared whatever is done.</summary>
    [Fact]
    public void Inherited_RightBehindMappingsOfTheChildOnly_IsNot() => CopyOnWriteFamilies.Inherited([Heap, Area(0x400000, 1), Big], [Heap, Big]).Should().Equal(Heap);

    [Fact]
    public void Inherited_NotLazyAnyway_IsLeftOut() => CopyOnWriteFamilies.Inherited([Heap with { IsWithheldFromChildren = true }], [Heap]).Should().BeEmpty();

    private static MemoryArea Area(ulong start, ulong pages) => new(start, start + (pages << 12), MemoryKind.PrivateAnonymous, 3, 0x22, 0, IsLocked: false) { IsPrivate = true };
}
