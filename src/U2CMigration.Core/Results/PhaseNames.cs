using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Results;

/// <summary>The names under which the destination reports what took how long.</summary>
internal static class PhaseNames
{
    public const string Check = "check";
    public const string Restore = "restore";
    public const string Resume = "resume";

    /// <summary>From the first instruction of the workload until the message that says so: announcing the address, and the record on disk.</summary>
    public const string Announce = "announce";

    public static TimeSpan Find(IReadOnlyList<PhaseDuration> phases, string name)
    {
        foreach (PhaseDuration phase in phases)
        {
            if (phase.Name == name)
            {
                return phase.Duration;
            }
        }

        return TimeSpan.Zero;
    }
}
