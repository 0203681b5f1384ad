namespace LiveMigration.Client.KeyValue;

/// <summary>Remembers the last write of each key that was sent, and the last that was acknowledged. 8 bytes per key.</summary>
public sealed class WriteLedger(int keys)
{
    private readonly uint[] _sent = new uint[keys];
    private readonly uint[] _acknowledged = new uint[keys];

    public int Keys => _sent.Length;

    /// <summary>Acknowledged writes in all.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Whether the key was ever written by this client.</summary>
    public bool Wrote(int key) => _sent[key] > 0;

    /// <summary>The number of the next write of a key.</summary>
    public uint Next(int key) => ++_sent[key];

    public void Acknowledge(int key, uint sequence)
    {
        _acknowledged[key] = sequence;
        Acknowledged++;
    }

    /// <summary>Counts the acknowledged writes that a stored value does not contain: those after it, or all if it is not a value at all.</summary>
    public long LostOf(int key, ReadOnlySpan<byte> stored)
    {
        bool whole = Value.TryRead(stored, key, out uint sequence) && sequence <= _sent[key];
        return whole ? Math.Max(0, (long)_acknowledged[key] - sequence) : Math.Max(1, _acknowledged[key]);
    }
}
