namespace U2CMigration.Core.Committing;

/// <summary>A process that is not taken for another one which has got its number later.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="StartTime">When it was started, in clock ticks since the boot.</param>
internal sealed record KnownProcess(int ProcessId, ulong StartTime);
