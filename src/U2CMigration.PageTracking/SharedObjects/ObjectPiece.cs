namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>A piece of an object.</summary>
/// <param name="Start">Its first offset.</param>
/// <param name="End">The offset after its last.</param>
/// <param name="IsHole">Whether nothing was ever stored there, or it was given back.</param>
internal readonly record struct ObjectPiece(long Start, long End, bool IsHole);
