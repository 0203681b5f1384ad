using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>A mapping of an object in a process of the tree. Two looks that find equal ones found the same mapping, if it was registered all the time.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Protection">Its write-protection, one for each address space; null where it has none.</param>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address behind it.</param>
/// <param name="Offset">Of the first address in the object, in bytes.</param>
internal sealed record SharedArea(int ProcessId, WriteProtection? Protection, ulong Start, ulong End, ulong Offset);
