using System.Collections.Concurrent;

namespace U2CMigration.Criu.Hiding;

/// <summary>The mappings of processes, read while they still ran, and whether what was told of them afterwards was true.</summary>
internal sealed class TakenMappings
{
    private readonly ConcurrentDictionary<int, MappingsText> _taken = [];
    private readonly ConcurrentDictionary<int, bool> _told = [];
    private volatile bool _inUse;

    /// <summary>Reads the mappings of processes that still run, in place of those read before.</summary>
    internal void Take(IEnumerable<int> processIds)
    {
        _taken.Clear();
        foreach (int processId in processIds)
        {
            try
            {
                _taken[processId] = MappingsText.Read(processId);
            }
            catch (IOException)
            {
                // It has ended, and is not dumped.
            }
        }
    }

    /// <summary>Lets <see cref="Tell"/> tell them, and meanwhile compares them with those that the processes have. They must be frozen, and stay so.</summary>
    /// <returns>Whether all that was told is true; to be asked when nobody asks any more.</returns>
    internal async Task<Func<bool>> UseAsync()
    {
        _inUse = true;
        HashSet<int> confirmed = await Task.Run(() => _taken.Where(IsTrue).Select(static taken => taken.Key).ToHashSet()).ConfigureAwait(false);
        return () => _told.Keys.All(confirmed.Contains);
    }

    /// <summary>The mappings of a process; null when they are not known, or it has others by now.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    internal MappingsText? Tell(int processId)
    {
        if (!_inUse || !_taken.TryGetValue(processId, out MappingsText? mappings) || !mappings.HasMappingsOf(processId))
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
