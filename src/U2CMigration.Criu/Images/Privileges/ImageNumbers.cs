using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images.Privileges;

/// <summary>The users or groups of the host that a user namespace has, whatever it calls them.</summary>
/// <param name="Ranges">Ranges of numbers of the host, both ends included.</param>
internal sealed record ImageNumbers(IReadOnlyList<(long First, long Last)> Ranges)
{
    internal static ImageNumbers Of(IEnumerable<NumberRangeEntry> entries) =>
        new([.. entries.Where(static one => one.Count > 0).Select(static one => ((long)one.LowerFirst, one.LowerFirst + (long)one.Count - 1))]);
}
