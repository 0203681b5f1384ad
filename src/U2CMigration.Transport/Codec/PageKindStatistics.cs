using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>What became of the pages that travelled in one way.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Pages">The pages.</param>
/// <param name="RawBytes">Their bytes before.</param>
/// <param name="WireBytes">Their bytes on the wire, without runs and frame headers.</param>
/// <param name="EncodingTime">The time spent on them, tries of other ways among it.</param>
public readonly record struct PageKindStatistics(PageKind Kind, long Pages, long RawBytes, long WireBytes, TimeSpan EncodingTime);
