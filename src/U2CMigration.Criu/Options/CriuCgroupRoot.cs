namespace U2CMigration.Criu.Options;

/// <summary>Where control groups are restored to.</summary>
/// <param name="Controller">The controller, or empty for all.</param>
/// <param name="Path">The group under which the dumped ones are made.</param>
public readonly record struct CriuCgroupRoot(string Controller, string Path);
