namespace U2CMigration.Criu.Images;

/// <summary>An interval timer of a dumped process that fires once, setitimer(2) or alarm(2).</summary>
/// <param name="ProcessId">The process, as numbered in the images.</param>
/// <param name="Kind">ITIMER_REAL (0), ITIMER_VIRTUAL (1) or ITIMER_PROF (2).</param>
/// <param name="Left">The time that it had left.</param>
public readonly record struct IntervalTimer(int ProcessId, int Kind, TimeSpan Left);
