using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Configuration;

namespace U2CMigration.Core.Preflight;

/// <summary>Whether the settings fit a workload that has a mount namespace of its own.</summary>
internal static class MountNamespaceCheck
{
    /// <summary>Warns where it has one and nobody said what its root is: such a workload is restored only where each of its file systems can be mounted by itself.</summary>
    public static void Check(int rootProcessId, CriuSettings settings, List<string> warnings)
    {
        bool isOwn = Read("self") is { } own && Read($"{rootProcessId}") is { } its && its != own;
        if (isOwn && settings.Prefix.Count == 0 && settings.Mounts.Root.Length == 0 && !CriuConfiguration.Read().Has("root") && !CriuConfiguration.Parse(settings.RawOptions).Has("root"))
        {
            warnings.Add($"Process {rootProcessId} has a mount namespace of its own, as containers have, and {nameof(CriuSettings)}.{nameof(CriuSettings.Mounts)}.{nameof(CriuMountSettings.Root)} (agent: --root) does not say where its root file system is: all its mounts have to be made again on the destination from nothing.");
        }
    }

    private static string? Read(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/mnt").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
