namespace U2CMigration.Core.Guardians;

/// <summary>Finds a program now, as long as it can still be said that it is missing.</summary>
internal static class ProgramPath
{
    private const UnixFileMode Runs = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The whole path of a program.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static string Find(string program)
    {
        string search = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        IEnumerable<string> candidates = program.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(program)]
            : search.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(directory => Path.Combine(directory, program));
        return candidates.FirstOrDefault(static path => File.Exists(path) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Runs) != 0)
            ?? throw new IOException($"The program '{program}' is not on this host, and it is needed to undo the handover of the network if this process is killed. Install it, or give its path.");
    }
}
