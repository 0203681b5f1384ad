using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Faults;

/// <summary>What goes wrong in a run and when, by a seed.</summary>
/// <param name="Fault">What.</param>
/// <param name="At">The message before whose arrival it does.</param>
/// <param name="DelayMs">How long after the message was sent.</param>
/// <param name="HasOwnCgroup">Whether the workload has a control group of its own on the source.</param>
public sealed record FaultPlan(Fault Fault, MessageType At, int DelayMs, bool HasOwnCgroup)
{
    private static readonly MessageType[] Moments = [MessageType.Accept, MessageType.RoundEnd, MessageType.Frozen, MessageType.ImagesEnd, MessageType.Restored, MessageType.Commit, MessageType.Resumed];

    public static FaultPlan Of(int seed)
    {
        var random = new Random(seed);
        Fault[] faults = Enum.GetValues<Fault>();
        return new FaultPlan(faults[random.Next(faults.Length)], Moments[random.Next(Moments.Length)], random.Next(3) == 0 ? random.Next(200) : 0, random.Next(2) == 0);
    }
}
