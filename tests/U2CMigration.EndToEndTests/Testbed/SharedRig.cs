namespace U2CMigration.EndToEndTests.Testbed;

/// <summary>The tests of the testbed itself share one rig and run one after the other.</summary>
[CollectionDefinition]
public sealed class SharedRig : ICollectionFixture<RigFixture>;
