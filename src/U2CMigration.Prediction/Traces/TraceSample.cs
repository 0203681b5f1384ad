using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Prediction.Traces;

/// <summary>One look at the pages of a process tree.</summary>
/// <param name="Interval">The time since the sample before; zero in the first.</param>
/// <param name="Dirty">The pages written in that time; in the first sample, every resident page.</param>
/// <param name="Accessed">The pages read or written in that time; null where the kernel does not tell.</param>
/// <param name="System">What the system was doing.</param>
public sealed record TraceSample(TimeSpan Interval, PageSet Dirty, PageSet? Accessed, SystemSample System);
