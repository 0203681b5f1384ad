namespace U2CMigration.Criu.Options;

/// <summary>The file in which <see cref="CriuTaskOptions.RawOptions"/> reach CRIU.</summary>
internal static class RawOptionsFile
{
    /// <summary>Writes it to where the request names it; nothing where there are no such options.</summary>
    internal static void Write(CriuTaskOptions options)
    {
        if (options.RawOptions.Count > 0)
        {
            Write(options.RawOptionsPath, options.RawOptions);
        }
    }

    /// <summary>Writes lines to a file of this kind.</summary>
    internal static void Write(string path, IEnumerable<string> lines)
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // CRIU acts on every word of it with the rights of root.
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, how) { NewLine = "\n" };
        foreach (string line in lines)
        {
            writer.WriteLine(RawOption.Normalize(line));
        }
    }
}
