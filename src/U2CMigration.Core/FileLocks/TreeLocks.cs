using System.Globalization;

namespace U2CMigration.Core.FileLocks;

/// <summary>The file locks of a process tree, each as often as a descriptor shows it; <c>/proc/PID/fdinfo</c>.</summary>
internal static class TreeLocks
{
    private const string Prefix = "lock:";

    /// <summary>A lock and a descriptor through which it is held.</summary>
    /// <param name="Entry">The lock.</param>
    /// <param name="ProcessId">The process.</param>
    /// <param name="Number">Its descriptor.</param>
    internal readonly record struct Lock(LockTable.Entry Entry, int ProcessId, int Number)
    {
        /// <summary>The descriptor as a link to the file.</summary>
        public string Descriptor => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/fd/{Number}");

        /// <summary>The file, for people.</summary>
        public string Path => new FileInfo(Descriptor).LinkTarget ?? Entry.File;
    }

    /// <summary>Reads them; a process that has ended meanwhile has none.</summary>
    public static IReadOnlyList<Lock> Of(IReadOnlyList<int> tree)
    {
        var found = new List<Lock>();
        foreach (int processId in tree)
        {
            try
            {
                foreach (string file in Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fdinfo")))
                {
                    int number = int.Parse(Path.GetFileName(file.AsSpan()), CultureInfo.InvariantCulture);
                    found.AddRange(Read(file).Select(entry => new Lock(entry, processId, number)));
                }
            }
            catch (IOException)
            {
                // The process has ended.
            }
        }

        return found;
    }

    private static List<LockTable.Entry> Read(string file)
    {
        var entries = new List<LockTable.Entry>();
        try
        {
            foreach (string line in File.ReadLines(file).Where(static line => line.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                if (LockTable.Parse(line[Prefix.Length..].Trim()) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }
        catch (IOException)
        {
            // The file was closed meanwhile, or the process has ended.
        }

        return entries;
    }
}
