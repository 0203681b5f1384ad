namespace U2CMigration.Criu.Workers;

/// <summary>Finds programs the way a shell does.</summary>
internal static class CriuProgram
{
    internal const string DefaultName = "criu";

    /// <summary>The full path of a program.</summary>
    /// <exception cref="CriuException">It is not there.</exception>
    internal static string Find(string nameOrPath)
    {
        if (nameOrPath.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(nameOrPath)
                ? nameOrPath
                : throw new CriuException($"There is no program '{nameOrPath}'. Correct the path in the worker options. Nothing was touched.", "start");
        }

        string path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(directory, nameOrPath);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new CriuException(
            $"The program '{nameOrPath}' is not on the PATH. Install CRIU (4.2.1 or newer for Linux 6.18) or name its path in the worker options. Nothing was touched.",
            "start");
    }
}
