using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>A process of the dumped tree; all numbers are those inside its PID namespace.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="ParentProcessId">The id of its parent; 0 for the root of the tree.</param>
/// <param name="ProcessGroupId">The id of its process group.</param>
/// <param name="SessionId">The id of its session.</param>
/// <param name="Threads">The ids of its threads, its own first.</param>
public sealed record ImageTask(int ProcessId, int ParentProcessId, int ProcessGroupId, int SessionId, IReadOnlyList<int> Threads)
{
    /// <summary>Reads the process tree.</summary>
    /// <param name="path">The file, <c>pstree.img</c>.</param>
    /// <returns>The processes, each after its parent.</returns>
    /// <exception cref="CriuException">The file is damaged.</exception>
    public static IReadOnlyList<ImageTask> ReadAll(string path)
    {
        var tasks = new List<ImageTask>();
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Common, ImageMagic.Pstree);
        while (entries.Read())
        {
            PstreeEntry entry = ImageBytes.Parse(path, entries, PstreeEntry.Parser);

            // The first is the process itself, but CRIU writes whatever it has there for one that has ended and waits to be collected.
            tasks.Add(new ImageTask((int)entry.Pid, (int)entry.Ppid, (int)entry.Pgid, (int)entry.Sid, [(int)entry.Pid, .. entry.Threads.Skip(1).Select(static id => (int)id)]));
        }

        return tasks;
    }
}
