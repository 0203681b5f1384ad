using System.Runtime.InteropServices;

namespace U2CMigration.Core.Sessions;

/// <summary>An open file of this program that takes the place of one that the workload had, for example the other end of a pipe to a logger.</summary>
/// <param name="Key">The file of the workload, as CRIU names it: <c>pipe:[INODE]</c>, <c>socket[INODE]</c>, or the path of a file without its first slash.</param>
/// <param name="Handle">The open file; it stays the caller's to close and must stay open as long as the receiver.</param>
public readonly record struct CriuInheritedFile(string Key, SafeHandle Handle);
