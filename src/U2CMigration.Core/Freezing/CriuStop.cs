namespace U2CMigration.Core.Freezing;

/// <summary>Stands in where no cgroup holds exactly the tree: CRIU stops the tasks when it dumps them, and the last dirty pages are read after that.</summary>
internal sealed class CriuStop : ITreeFreezer
{
    public string Name => "criu";

    public bool Freezes => false;

    public string? CgroupDirectory => null;

    public string? ThawFile => null;

    public string ThawWord => string.Empty;

    public void Freeze(CancellationToken cancellationToken)
    {
    }

    public void Thaw()
    {
    }
}
