using System.Globalization;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Reads what processes have open.</summary>
internal static class Descriptors
{
    /// <summary>How the kernel shows memory files.</summary>
    internal const string MemoryFilePrefix = "/memfd:";

    private const string SocketPrefix = "socket:";
    private const string InFlight = "scm_fds:";

    /// <summary>The descriptors of a process: paths that lead to what is open, and what the kernel shows it as. One that is closed at this moment is left out.</summary>
    /// <exception cref="IOException">The process has ended.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be looked at.</exception>
    internal static IEnumerable<(string Path, string Link)> Of(int processId)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")))
        {
            if (new FileInfo(path).LinkTarget is { } link)
            {
                yield return (path, link);
            }
        }
    }

    /// <summary>Whether descriptors wait in sockets of processes, or that cannot be told: they may be of anything.</summary>
    internal static bool AreInFlight(IEnumerable<int> processIds)
    {
        foreach (int processId in processIds)
        {
            try
            {
                if (Of(processId).Any(static open => open.Link.StartsWith(SocketPrefix, StringComparison.Ordinal) && HoldsAny(open.Path.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal))))
                {
                    return true;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (Processes.ProcessTree.IsAlive(processId))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HoldsAny(string information) =>
        File.ReadLines(information).Any(static line => line.StartsWith(InFlight, StringComparison.Ordinal) && line.AsSpan(InFlight.Length).Trim() is not "0");
}
