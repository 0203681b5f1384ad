using U2CMigration.Files.Entries;

namespace U2CMigration.Files.Walking;

/// <summary>What is counted and noticed in a round.</summary>
internal sealed class RoundNotes(int round, bool isFrozen)
{
    private const int MostNames = 100;

    private readonly List<string> _leftOut = [];
    private readonly List<string> _mountPoints = [];
    private readonly List<string> _obstacles = [];

    public int Round { get; } = round;

    public bool IsFrozen { get; } = isFrozen;

    public MappedFiles Mapped { get; set; } = new();

    public LeasedFiles Leased { get; } = LeasedFiles.Read();

    public RoundClock Clock { get; } = new();

    public long EntriesWalked { get; set; }

    public long EntriesToDo { get; set; }

    public long EntriesDone { get; set; }

    public long EntriesSent { get; set; }

    public long EntriesRemoved { get; set; }

    public long BytesRead { get; set; }

    public long ContentBytes { get; set; }

    public long PendingEntries { get; private set; }

    public long PendingBytes { get; private set; }

    /// <summary>Bytes of files whose times do not show every change.</summary>
    public long UntrustedBytes { get; set; }

    public long LeftOutCount { get; private set; }

    public IReadOnlyList<string> LeftOut => _leftOut;

    public IReadOnlyList<string> MountPoints => _mountPoints;

    public IReadOnlyList<string> Obstacles => _obstacles;

    public void LeaveOut(SourceTree tree, Node node, string what)
    {
        LeftOutCount++;
        if (_leftOut.Count < MostNames)
        {
            _leftOut.Add($"{what} of {node.Show()} in the tree '{tree.Root.Name}' does not travel.");
        }
    }

    public void NoteMountPoint(string path)
    {
        if (_mountPoints.Count < MostNames)
        {
            _mountPoints.Add(path);
        }
    }

    /// <summary>Notes what would fail the frozen round, which it does in it.</summary>
    public void NoteObstacle(string sentence)
    {
        if (IsFrozen)
        {
            throw new FileTreeException(sentence);
        }

        if (_obstacles.Count < MostNames)
        {
            _obstacles.Add(sentence);
        }
    }

    /// <summary>Counts an entry that the next round looks at again. In the freeze there is no next one.</summary>
    public void NotePending(SourceTree tree, Node node, in FileStamp stamp)
    {
        if (IsFrozen)
        {
            throw new FileTreeException(
                $"In the tree '{tree.Root.Name}', {node.Show()} was changed while the workload stood still: another process writes there. End it for the time of the migration, or carry that tree by other means.");
        }

        PendingEntries++;
        PendingBytes += stamp.Type == EntryType.RegularFile ? stamp.Size : 0;
    }
}
