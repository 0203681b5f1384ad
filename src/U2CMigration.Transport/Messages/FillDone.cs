using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Destination to source: every page is installed in the restored processes.</summary>
/// <param name="PagesBeforeResume">The pages installed while the tree was still held.</param>
/// <param name="TouchedPages">The pages installed because they were touched first.</param>
/// <param name="BackgroundPages">The pages installed in the background.</param>
/// <param name="Duration">From the resume to the last page.</param>
/// <param name="LongestWait">The longest time that a touch waited.</param>
public sealed record FillDone(long PagesBeforeResume, long TouchedPages, long BackgroundPages, TimeSpan Duration, TimeSpan LongestWait) : MigrationMessage
{
    /// <inheritdoc/>
    public override MessageType Type => MessageType.FillDone;

    internal override void WritePayload(PayloadWriter writer)
    {
        writer.WriteAmount(PagesBeforeResume);
        writer.WriteAmount(TouchedPages);
        writer.WriteAmount(BackgroundPages);
        writer.WriteDuration(Duration);
        writer.WriteDuration(LongestWait);
    }

    internal static FillDone Read(ref PayloadReader reader) => new(
        reader.ReadAmount("number of pages"), reader.ReadAmount("number of pages"), reader.ReadAmount("number of pages"), reader.ReadDuration(), reader.ReadDuration());
}
