namespace U2CMigration.Fuzzing;

/// <summary>Something that takes bytes of others.</summary>
internal interface IFuzzTarget
{
    /// <summary>Its name on the command line, and that of its corpus.</summary>
    string Name { get; }

    /// <summary>Takes one input. Whatever it is, nothing but a documented exception may come of it, and that is caught here.</summary>
    void Run(ReadOnlySpan<byte> input);

    /// <summary>Inputs to begin with: what the product itself writes.</summary>
    IEnumerable<byte[]> Seeds();
}
