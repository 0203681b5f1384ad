using System.Collections.Concurrent;

namespace U2CMigration.Criu.Hiding;

/// <summary>The mappings of processes, read while they still ran, and whether what was told of them afterwards was true.</summary>
internal sealed class TakenMappings
{
    private readonly ConcurrentDictionary<int, MappingsText> _taken = [];
    private readonly ConcurrentDictionary<int, bool> _told = [];
    private readonly HashSet<int> _changing = [];

    /// <summary>The resident memory of all processes whose mappings were read: so much work it is to read them again.</summary>
    internal long ResidentBytes => _taken.Values.Sum(static taken => taken.ResidentKibibytes) * 1024;

    /// <summary>Reads the mappings of processes that still run, in place of those read before. A process that changes flags from one time to the next is left out for good.</summary>
    internal void Take(IEnumerable<int> processIds)
    {
        Dictionary<int, MappingsText> before = new(_taken);
        _taken.Clear();
        foreach (int processId in processIds.Except(_changing))
        {
            try
            {
                var mappings = MappingsText.Read(processId);
                if (before.TryGetValue(processId, out MappingsText? earlier) && earlier.Contradicts(mappings))
                {
                    _changing.Add(processId);
                }
                else
                {
                    _taken[processId] = mappings;
                }
            }
            catch (IOException)
            {
                // It has ended, and is not dumped.
            }
        }
    }

    /// <summary>The mappings of a process and their flags, as they were read last; null when they were not.</summary>
    internal IReadOnlyList<(string Mapping, string Flags)>? Of(int processId) => _taken.GetValueOrDefault(processId)?.Mappings;

    /// <summary>Forgets what was told of processes that have run on since.</summary>
    internal void TellAgain() => _told.Clear();

    /// <summary>Compares them with those that the processes have, which must be stopped.</summary>
    /// <returns>The processes that have exactly those.</returns>
    internal Task<HashSet<int>> CompareAsync() => Task.Run(() => _taken.Where(IsTrue).Select(static taken => taken.Key).ToHashSet());

    /// <summary>Whether all that was told is true; to be asked when nobody asks any more.</summary>
    internal async Task<bool> ConfirmAsync(Task<HashSet<int>> comparing)
    {
        HashSet<int> confirmed = await comparing.ConfigureAwait(false);
        return _told.Keys.All(confirmed.Contains);
    }

    /// <summary>The mappings of a process; null when they are not known, or it has others by now.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    internal MappingsText? Tell(int processId)
    {
        if (!_taken.TryGetValue(processId, out MappingsText? mappings) || !mappings.HasMappingsOf(processId))
        {
            return null;
        }

        _told[processId] = true;
        return mappings;
    }

    private static bool IsTrue(KeyValuePair<int, MappingsText> taken)
    {
        try
        {
            return taken.Value.AreAmong(MappingsText.Read(taken.Key));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
