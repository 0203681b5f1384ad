namespace U2CMigration.PageTracking.PageTables;

/// <summary>Addresses that can be scanned in one go: private mappings of one kind, with nothing but holes between them.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address behind the last mapping.</param>
/// <param name="IsAnonymous">Whether none of them maps a file, so that no page has to be asked whether it is still the file's: that costs two thirds of a scan.</param>
internal readonly record struct ScanSpan(ulong Start, ulong End, bool IsAnonymous);
