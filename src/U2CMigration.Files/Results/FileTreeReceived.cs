namespace U2CMigration.Files;

/// <summary>What a round came to at the destination.</summary>
/// <param name="Index">The number of the round, from 0.</param>
/// <param name="IsFrozen">Whether the source said that its workload stands still.</param>
/// <param name="Entries">Entries made, changed, linked or removed.</param>
/// <param name="ContentBytes">Bytes of contents written.</param>
/// <param name="PassedOver">Names that are mounts here and were left alone, such as <c>/etc/hosts</c>, which a runtime makes for each container.</param>
public sealed record FileTreeReceived(int Index, bool IsFrozen, long Entries, long ContentBytes, long PassedOver);
