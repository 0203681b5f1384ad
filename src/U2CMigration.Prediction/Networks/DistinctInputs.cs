namespace U2CMigration.Prediction.Networks;

/// <summary>A list of inputs, each of them once. Grows, and is reused without new allocations.</summary>
internal sealed class DistinctInputs<T>
    where T : unmanaged, IEquatable<T>
{
    private T[] _inputs = new T[1024];

    // One more than an index into the inputs; 0 is free. Always at least twice as many as inputs.
    private int[] _slots = new int[2048];

    public int Count { get; private set; }

    /// <summary>The inputs; behind the last of them more may be read, up to a multiple of 16, of no meaning.</summary>
    public ReadOnlySpan<T> Padded => _inputs.AsSpan(0, (Count + 15) & ~15);

    public void Clear()
    {
        Count = 0;
        Array.Clear(_slots);
    }

    /// <summary>The place of the next input.</summary>
    public ref T Next => ref _inputs[Count];

    /// <summary>The index of the input in <see cref="Next"/>, which stays there when it is a new one.</summary>
    public int Take()
    {
        ref T input = ref _inputs[Count];
        int mask = _slots.Length - 1;
        int slot = input.GetHashCode() & mask;
        while (_slots[slot] != 0)
        {
            if (_inputs[_slots[slot] - 1].Equals(input))
            {
                return _slots[slot] - 1;
            }

            slot = (slot + 1) & mask;
        }

        Count++;
        _slots[slot] = Count;
        if (Count == _inputs.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _inputs, _inputs.Length * 2);
        _slots = new int[_inputs.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < Count; i++)
        {
            int slot = _inputs[i].GetHashCode() & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = i + 1;
        }
    }
}
