namespace U2CMigration.Criu.Images;

/// <summary>A file lock that a process of the dumped tree holds.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="IsExclusive">Whether it keeps everybody else out; if not, others may share it.</param>
/// <param name="ProcessId">A process that has the file open, as numbered in the images.</param>
/// <param name="Descriptor">Its descriptor of the file.</param>
/// <param name="Start">The first byte; 0 for locks of the whole file.</param>
/// <param name="Length">The bytes; 0 for all up to the end of the file, however it grows.</param>
public readonly record struct FileLock(FileLockKind Kind, bool IsExclusive, int ProcessId, int Descriptor, long Start, long Length);
