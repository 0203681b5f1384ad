namespace U2CMigration.EndToEndTests.Services;

/// <summary>The tests that share a <see cref="ServicesRig"/>.</summary>
[CollectionDefinition]
public sealed class ServiceCollection : ICollectionFixture<ServicesRig>;
