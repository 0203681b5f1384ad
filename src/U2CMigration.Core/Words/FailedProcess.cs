namespace U2CMigration.Core.Words;

/// <summary>What is known of the process that a failure is about.</summary>
internal readonly record struct FailedProcess
{
    /// <summary>Its number in the images; 0 when not known.</summary>
    public int InImages { get; init; }

    /// <summary>Its number on the host where CRIU ran; 0 when not known.</summary>
    public int OnHost { get; init; }

    /// <summary>Its descriptor that CRIU stumbled over; null when not known.</summary>
    public int? Descriptor { get; init; }

    /// <summary>What that descriptor or the thing without one is, as its link in <c>/proc/PID/fd</c> says; empty when not known.</summary>
    public string Link { get; init; }
}
