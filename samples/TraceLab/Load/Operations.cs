namespace TraceLab.Load;

/// <summary>Draws what a client does next, always the same for the same seed.</summary>
public sealed class Operations
{
    private readonly Mix _mix;
    private readonly Random _random;
    private readonly ZipfianNumbers _zipfian;
    private int _keys;

    public Operations(Mix mix, int keys, int seed)
    {
        _mix = mix;
        _keys = keys;
        _random = new Random(seed);
        _zipfian = new ZipfianNumbers(_random);
    }

    /// <summary>The key to work on, and whether it is written.</summary>
    public (int Key, bool Writes) Next()
    {
        double kind = _random.NextDouble();
        return kind < _mix.Inserts ? (_keys++, true) : (Existing(), kind < _mix.Inserts + _mix.Updates);
    }

    private int Existing() => _mix.Keys switch
    {
        KeyPattern.Zipfian => Scatter(_zipfian.Next(_keys)),
        KeyPattern.Latest => (int)(_keys - 1 - _zipfian.Next(_keys)),
        _ => _random.Next(_keys),
    };

    /// <summary>Spreads the frequent keys over all, as YCSB does, so that they do not lie side by side in memory.</summary>
    private int Scatter(long rank)
    {
        ulong hash = (ulong)rank + 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return (int)((hash ^ (hash >> 31)) % (ulong)_keys);
    }
}
