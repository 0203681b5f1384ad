namespace LiveMigration.Client.KeyValue;

/// <summary>The writes that are under way, oldest first, in a ring.</summary>
public sealed class PendingWrites(int capacity)
{
    private readonly PendingWrite[] _ring = new PendingWrite[capacity];
    private int _first;

    public int Count { get; private set; }

    public int Room => _ring.Length - Count;

    public void Add(PendingWrite write) => _ring[(_first + Count++) % _ring.Length] = write;

    public PendingWrite Take()
    {
        PendingWrite oldest = _ring[_first];
        _first = (_first + 1) % _ring.Length;
        Count--;
        return oldest;
    }
}
