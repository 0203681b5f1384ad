using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Tests.Runtimes;

public sealed class ContainerRuntimeTests
{
    [Theory]
    [InlineData("runc")]
    [InlineData("crun")]
    [InlineData("podman")]
    public void Find_Kind_IsTheRuntimeOfThatName(string kind)
    {
        ContainerRuntime.Find(kind)!.Kind.Should().Be(kind);
        ContainerHost.Of(ContainerRuntime.Find(kind)!).Kind.Should().Be(kind);
    }

    [Fact]
    public void Find_AnotherName_IsNone() => ContainerRuntime.Find("docker").Should().BeNull();
}
