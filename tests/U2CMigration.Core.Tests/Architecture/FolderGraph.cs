namespace U2CMigration.Core.Tests.Architecture;

/// <summary>Which folders of a project use types of which other ones. A type belongs to the folder of its file, whatever its namespace.</summary>
internal sealed class FolderGraph
{
    private readonly Dictionary<(string From, string To), SortedSet<Use>> _uses = [];

    public FolderGraph(IReadOnlyList<SourceText> files)
    {
        Folders = [.. files.Select(static file => file.Folder).Distinct().Order(StringComparer.Ordinal)];
        string[] spaces = [.. files.Select(static file => file.Namespace).Distinct()];
        ILookup<string, (string Space, SourceText File)> types = files.SelectMany(static file => file.Types.Select(type => (type, file))).ToLookup(static one => one.type, static one => (one.file.Namespace, one.file));
        (string Name, SourceText File)[] extensions = [.. files.SelectMany(static file => file.Extensions.Select(name => (name, file)))];
        foreach (SourceText file in files)
        {
            foreach (string name in file.Names.Concat(file.Usings))
            {
                foreach ((string type, SourceText declared) in Meant(file, name, spaces, types))
                {
                    Add(file, declared, type);
                }
            }

            foreach ((string name, SourceText declared) in extensions.Where(one => file.Calls.Contains(one.Name) && file.Sees(one.File.Namespace)))
            {
                Add(file, declared, name);
            }
        }
    }

    public IReadOnlyList<string> Folders { get; }

    public IEnumerable<(string From, string To)> Dependencies => _uses.Keys;

    /// <summary>The folders of the shortest cycle, the first one again at the end; empty for none.</summary>
    public IReadOnlyList<string> ShortestCycle() =>
        Folders.Select(WayBackTo).Where(static cycle => cycle.Count > 0).MinBy(static cycle => cycle.Count) ?? [];

    /// <summary>What makes one folder depend on another, a line for each file.</summary>
    public string Why(string from, string to) => string.Join('\n', _uses[(from, to)].GroupBy(static use => use.File).Select(static file => $"  {file.Key} uses {string.Join(", ", file.Select(static use => use.Type))}"));

    /// <summary>The types that a name with dots may mean: the first part as it is, or one after the name of a namespace.</summary>
    private static IEnumerable<(string Type, SourceText Declared)> Meant(SourceText file, string name, string[] spaces, ILookup<string, (string Space, SourceText File)> types)
    {
        string[] parts = name.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            string before = string.Join('.', parts[..i]);
            foreach ((string space, SourceText declared) in types[parts[i]])
            {
                if (i == 0 ? file.Sees(space) : spaces.Contains(space) && IsMeant(before, space, file))
                {
                    yield return (parts[i], declared);
                }
            }
        }
    }

    /// <summary>Within a namespace, the beginning that it has in common with another one may be left out.</summary>
    private static bool IsMeant(string written, string space, SourceText file) =>
        written == space || (space.EndsWith('.' + written, StringComparison.Ordinal) && (file.Namespace + '.').StartsWith(space[..^written.Length], StringComparison.Ordinal));

    private void Add(SourceText file, SourceText declared, string type)
    {
        if (file.Folder == declared.Folder)
        {
            return;
        }

        if (!_uses.TryGetValue((file.Folder, declared.Folder), out SortedSet<Use>? uses))
        {
            _uses.Add((file.Folder, declared.Folder), uses = []);
        }

        uses.Add(new Use(file.Path, type));
    }

    private IReadOnlyList<string> WayBackTo(string start)
    {
        var from = new Dictionary<string, string>();
        var next = new Queue<string>([start]);
        while (next.TryDequeue(out string? folder))
        {
            foreach (string to in Dependencies.Where(one => one.From == folder).Select(static one => one.To).Order(StringComparer.Ordinal))
            {
                if (to == start)
                {
                    var cycle = new List<string> { start };
                    for (string at = folder; at != start; at = from[at])
                    {
                        cycle.Insert(0, at);
                    }

                    return [start, .. cycle];
                }

                if (from.TryAdd(to, folder))
                {
                    next.Enqueue(to);
                }
            }
        }

        return [];
    }

    private sealed record Use(string File, string Type) : IComparable<Use>
    {
        public int CompareTo(Use? other) => string.CompareOrdinal($"{File} {Type}", $"{other?.File} {other?.Type}");
    }
}
