namespace U2CMigration.Transport.Messages;

/// <summary>Why a destination does not take an offer.</summary>
/// <remarks>A number not listed here may be received from a newer peer; treat it as <see cref="Other"/>.</remarks>
public enum RefusalReason : ushort
{
    /// <summary>See the sentence.</summary>
    Other = 0,

    /// <summary>As many migrations as allowed are under way.</summary>
    Busy = 1,

    /// <summary>The caller of the destination said no.</summary>
    NotAuthorized = 2,

    /// <summary>Kernel, CRIU or processor do not fit.</summary>
    Incompatible = 3,

    /// <summary>The memory of the process tree does not fit.</summary>
    OutOfMemory = 4,

    /// <summary>A process number that must stay the same is taken.</summary>
    ProcessIdInUse = 5,

    /// <summary>A requirement of the offer is not known here.</summary>
    UnknownRequirement = 6,

    /// <summary>A file, an address or a port that the process tree needs is missing, or taken.</summary>
    NeedMissing = 7,
}
