namespace U2CMigration.Criu.Options;

/// <summary>An existing namespace that restored tasks join in place of the dumped one.</summary>
/// <param name="Kind">The kind as CRIU names it: <c>net</c>, <c>uts</c>, <c>ipc</c>, <c>pid</c>, <c>time</c>, <c>user</c> or <c>mnt</c>.</param>
/// <param name="Path">The namespace: a path such as <c>/proc/5/ns/net</c>, or a process id.</param>
public readonly record struct CriuJoinNamespace(string Kind, string Path);
