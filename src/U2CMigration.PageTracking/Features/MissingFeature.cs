namespace U2CMigration.PageTracking.Features;

/// <summary>Something that the kernel, its configuration or the caller's privileges lack.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Remedy">A sentence: the kernel version, option or privilege that brings it.</param>
public sealed record MissingFeature(string Name, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Remedy}";
}
