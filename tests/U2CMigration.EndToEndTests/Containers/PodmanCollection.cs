namespace U2CMigration.EndToEndTests.Containers;

/// <summary>The tests that share a <see cref="PodmanRig"/>.</summary>
[CollectionDefinition]
public sealed class PodmanCollection : ICollectionFixture<PodmanRig>;
