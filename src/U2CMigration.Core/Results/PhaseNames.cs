using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Results;

/// <summary>The names under which the destination reports what took how long.</summary>
internal static class PhaseNames
{
    public const string Check = "check";
    public const string Restore = "restore";
    public const string Resume = "resume";

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
