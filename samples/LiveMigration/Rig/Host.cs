namespace LiveMigration.Rig;

/// <summary>A host of the rig.</summary>
/// <param name="Name">Its name for <c>eng/testbed.sh exec</c>.</param>
/// <param name="Address">Its own address.</param>
public sealed record Host(string Name, string Address)
{
    public static Host A { get; } = new("a", "10.77.0.1");

    public static Host B { get; } = new("b", "10.77.0.2");

    public static Host Client { get; } = new("client", "10.77.0.9");
}
