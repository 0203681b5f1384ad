namespace U2CMigration.Core.CarriedState.Inner;

/// <summary>Something that only a thread itself can read and set, by a system call.</summary>
/// <param name="Name">Its name, for people and on the wire.</param>
/// <param name="Read">The call that reads it; below zero it does not exist here.</param>
/// <param name="Set">The call that sets it to a value.</param>
/// <param name="Usual">The value of a thread that has not asked for another; null where none is.</param>
/// <param name="IsProtection">Whether something is forbidden by it that would be allowed without it.</param>
internal sealed record InnerAttribute(string Name, InnerCall Read, Func<long, InnerCall> Set, long? Usual, bool IsProtection = false);

/// <summary>A system call with small numbers for arguments.</summary>
/// <param name="Number">Its number for 64-bit programs.</param>
/// <param name="NumberOf32Bit">Its number for 32-bit programs; 0 where they have none.</param>
/// <param name="First">Its first argument.</param>
/// <param name="Second">Its second argument.</param>
/// <param name="Third">Its third argument.</param>
internal readonly record struct InnerCall(long Number, long NumberOf32Bit, long First, long Second = 0, long Third = 0);
