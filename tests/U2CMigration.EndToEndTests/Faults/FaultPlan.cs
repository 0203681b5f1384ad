using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Faults;

/// <summary>What goes wrong in a run and when, by a seed: first every fault at every moment, then others.</summary>
/// <param name="Fault">What.</param>
/// <param name="At">The message before whose arrival it does.</param>
/// <param name="DelayMs">How long after the message was sent.</param>
/// <param name="HasOwnCgroup">Whether the workload has a control group of its own on the source.</param>
public sealed record FaultPlan(Fault Fault, MessageType At, int DelayMs, bool HasOwnCgroup)
{
    private static readonly Fault[] Faults = Enum.GetValues<Fault>();

    private static readonly MessageType[] Moments = [MessageType.Accept, MessageType.RoundEnd, MessageType.Frozen, MessageType.ImagesEnd, MessageType.Restored, MessageType.Commit, MessageType.Resumed];

    /// <summary>How many seeds it takes for every fault at every moment.</summary>
    public static int Cells => Faults.Length * Moments.Length;

    /// <summary>Whether it is one of these.</summary>
    public static bool IsCell(int seed) => seed >= 0 && seed < Cells;

    public static FaultPlan Of(int seed)
    {
        if (IsCell(seed))
        {
            return new FaultPlan(Faults[seed % Faults.Length], Moments[seed / Faults.Length], DelayMs: 0, HasOwnCgroup: seed % 2 == 0);
        }

        var random = new Random(seed);
        return new FaultPlan(Faults[random.Next(Faults.Length)], Moments[random.Next(Moments.Length)], random.Next(3) == 0 ? random.Next(200) : 0, random.Next(2) == 0);
    }
}
