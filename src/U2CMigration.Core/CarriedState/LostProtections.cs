using U2CMigration.Core.Progress;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.CarriedState;

/// <summary>What is refused because the workload would be less confined afterwards.</summary>
internal static class LostProtections
{
    /// <summary>What helps.</summary>
    public const string Remedy =
        "Start the program without it, or allow this with AllowLosingProtections (agent: --allow-losing-protections); the result then names what was lost.";

    /// <summary>Takes what the destination could not give to the restored tasks, before the commit.</summary>
    /// <exception cref="Errors.MigrationException">A protection is among it, and the caller has not allowed to lose it.</exception>
    public static void Note(CarriedOutcome outcome, bool isAllowed, MigrationNotes notes)
    {
        foreach (string warning in outcome.Warnings)
        {
            notes.Warn(warning);
        }

        if (outcome.LostProtections.Count > 0 && !isAllowed)
        {
            throw notes.Failure($"{string.Join(' ', outcome.LostProtections)} {Remedy}", isTransient: false);
        }

        foreach (string loss in outcome.LostProtections)
        {
            notes.Warn(loss);
        }
    }
}
