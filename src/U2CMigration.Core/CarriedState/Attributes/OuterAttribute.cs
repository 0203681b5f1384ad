namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>Something that a thread or a process has, and that can be read and set from outside.</summary>
/// <param name="Name">Its name, for people and on the wire.</param>
/// <param name="Read">Reads it as text; null where this kernel does not have it, or the thread is gone.</param>
/// <param name="Set">Sets it. Throws an <see cref="IOException"/> that says why not; a warning that it returns says what was done in its place.</param>
internal sealed record OuterAttribute(string Name, Func<int, string?> Read, Func<int, string, string?> Set);
