using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>How long one step took.</summary>
/// <param name="Name">The step, for example <c>restore</c>.</param>
/// <param name="Duration">The time it took.</param>
public readonly record struct PhaseDuration(string Name, TimeSpan Duration)
{
    internal static void WriteAll(IReadOnlyList<PhaseDuration> phases, PayloadWriter writer)
    {
        writer.WriteCount(phases.Count, ProtocolLimits.MaxListEntries, "phases");
        for (int i = 0; i < phases.Count; i++)
        {
            writer.WriteText(phases[i].Name, "name of a phase");
            writer.WriteDuration(phases[i].Duration);
        }
    }

    internal static PhaseDuration[] ReadAll(ref PayloadReader reader)
    {
        var phases = new PhaseDuration[reader.ReadCount(ProtocolLimits.MaxListEntries, sizeof(ushort) + sizeof(long), "phases")];
        for (int i = 0; i < phases.Length; i++)
        {
            phases[i] = new PhaseDuration(reader.ReadSentence(), reader.ReadDuration());
        }

        return phases;
    }
}
