namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>The times that move with each write by call, each hole that is punched, and with the first write to a page through a mapping.</summary>
internal readonly record struct ObjectTimes(long ModifiedSeconds, uint ModifiedNanoseconds, long ChangedSeconds, uint ChangedNanoseconds);
