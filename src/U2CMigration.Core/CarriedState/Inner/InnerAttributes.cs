namespace U2CMigration.Core.CarriedState.Inner;

/// <summary>The attributes that only a thread itself can read and set: prctl(2), arch_prctl(2).</summary>
/// <remarks>
/// Only those that the kernel answers with a number: there is no memory of a running program to which an answer could be written. Those that belong to memory are read and
/// set by one thread of each process as by all others, which does no harm.
/// </remarks>
internal static class InnerAttributes
{
    private const long Control = 157; // prctl
    private const long Control32 = 172;
    private const long ArchitectureControl = 158; // arch_prctl
    private const long ArchitectureControl32 = 384;
    private const long SpeculationIsChosen = 1; // PR_SPEC_PRCTL: by the thread, not by the machine

    /// <summary>All of them.</summary>
    public static IReadOnlyList<InnerAttribute> All { get; } =
    [
        new("memory deny write execute", Prctl(66), static value => Prctl(65, value), 0, IsProtection: true),
        new("no huge pages", Prctl(42), static value => Prctl(41, value & 1, value & ~1L), 0),
        new("merging of equal pages", Prctl(68), static value => Prctl(67, value), 0),
        new("machine check policy", Prctl(34), static value => value == 2 ? Prctl(33, 0) : Prctl(33, 1, value), 2),
        new("I/O flusher", Prctl(58), static value => Prctl(57, value), 0),
        Speculation("speculative store bypass", 0),
        Speculation("speculative indirect branches", 1),
        Speculation("speculative use of the first cache", 2),
        new("faults of CPUID", Architecture(0x1011, 0), static value => Architecture(0x1012, value), 1),
    ];

    private static InnerAttribute Speculation(string name, long kind) =>
        new(name, Prctl(52, kind), value => (value & SpeculationIsChosen) == 0 ? Prctl(52, kind) : Prctl(53, kind, value & ~SpeculationIsChosen), null, IsProtection: true);

    private static InnerCall Prctl(long what, long second = 0, long third = 0) => new(Control, Control32, what, second, third);

    private static InnerCall Architecture(long what, long second) => new(ArchitectureControl, ArchitectureControl32, what, second);
}
