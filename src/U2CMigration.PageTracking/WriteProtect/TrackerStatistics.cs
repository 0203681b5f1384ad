namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>What tracking a tree has cost so far.</summary>
/// <param name="RegisteredAreas">Mappings registered, counted again after each move or growth.</param>
/// <param name="FailedRegistrations">Registrations that the kernel refused; most are of mappings that were gone by then.</param>
/// <param name="UntrackedProcesses">Processes that can not be entered now, so that all their pages are reported every time.</param>
/// <param name="LongestStop">The longest time that the main thread of a process was held to enter it.</param>
/// <param name="LastCollectDuration">How long the last collection took.</param>
public sealed record TrackerStatistics(
    long RegisteredAreas,
    long FailedRegistrations,
    int UntrackedProcesses,
    TimeSpan LongestStop,
    TimeSpan LastCollectDuration);
