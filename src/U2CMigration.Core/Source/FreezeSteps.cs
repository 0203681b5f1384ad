using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>How long steps of the downtime took that lie within its parts; some are taken side by side.</summary>
internal sealed class FreezeSteps
{
    /// <summary>The last look.</summary>
    public TimeSpan TailScan { get; set; }

    /// <summary>Sending what it found.</summary>
    public TimeSpan TailSend { get; set; }

    /// <summary>CRIU's dump.</summary>
    public TimeSpan Dump { get; set; }

    /// <summary>What the destination says of its steps.</summary>
    public IReadOnlyList<PhaseDuration> AtDestination { get; set; } = [];
}
