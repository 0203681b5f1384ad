namespace U2CMigration.Core.Processes;

/// <summary>A file that a workload has open or mapped under a name that was deleted.</summary>
/// <param name="ProcessId">A process that has it.</param>
/// <param name="Path">The name that it had.</param>
/// <param name="Bytes">What it takes on the disk; 0 for what is no plain file.</param>
/// <param name="HasOtherNames">Whether it has other names left, so that its content need not travel.</param>
internal readonly record struct DeletedFile(int ProcessId, string Path, long Bytes, bool HasOtherNames);
