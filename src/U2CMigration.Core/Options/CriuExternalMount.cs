namespace U2CMigration.Core.Sessions;

/// <summary>A mount of the workload that is not moved: each host provides its own, for example a volume of a container.</summary>
/// <param name="MountPoint">Where the workload has it, as the workload sees it (<c>/data</c>).</param>
/// <param name="HostPath">The directory or file that the destination mounts there; empty for the path of the mount point itself.</param>
public readonly record struct CriuExternalMount(string MountPoint, string HostPath = "")
{
    internal string Source => string.IsNullOrEmpty(HostPath) ? MountPoint : HostPath;
}
