namespace U2CMigration.Files;

/// <summary>What is pending, as a look without reading finds it.</summary>
/// <param name="Entries">Entries that differ from what was sent, or may.</param>
/// <param name="Bytes">The sizes of the files among them: the most that the next round sends of contents.</param>
public readonly record struct FileTreePending(long Entries, long Bytes);
