using U2CMigration.Containers.Podman;
using U2CMigration.Containers.Runtimes;

namespace U2CMigration.Containers.Tests.Podman;

public sealed class PodmanChecksTests
{
    private const string Usual = "\"NetworkMode\": \"host\", \"PidMode\": \"private\", \"IpcMode\": \"shareable\", \"UTSMode\": \"private\", \"UsernsMode\": \"\", \"Cgroups\": \"default\"";

    [Theory]
    [InlineData("running", null)]
    [InlineData("paused", "podman unpause web")]
    [InlineData("created", "podman start web")]
    [InlineData("exited", "Start it on the destination")]
    [InlineData("strange", "'strange'")]
    public void OfState_Status_SaysWhatHelps(string status, string? says)
    {
        string? problem = PodmanChecks.OfState(Container($"\"State\": {{\"Status\": \"{status}\"}}"));

        (problem is null).Should().Be(says is null);
        (problem ?? "nothing").Should().Contain(says ?? "nothing");
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("\"AutoRemove\": true", "", "--rm")]
    [InlineData("\"UsernsMode\": \"auto\"", "", "user namespace")]
    [InlineData("\"UTSMode\": \"host\"", "", "UTS namespace")]
    [InlineData("\"IpcMode\": \"container:1\"", "", "IPC namespace")]
    [InlineData("\"NetworkMode\": \"bridge\"", "", "--network host")]
    [InlineData("\"Cgroups\": \"disabled\"", "", "--cgroups")]
    [InlineData("", "\"Config\": {\"Tty\": true}", "terminal")]
    [InlineData("", "\"Pod\": \"p\"", "pod")]
    [InlineData("", "\"Rootfs\": \"/srv/root\"", "--rootfs")]
    [InlineData("", "\"Dependencies\": [\"2\"]", "(other)")]
    [InlineData("", "\"Mounts\": [{\"Type\": \"bind\", \"Source\": \"/srv/d\", \"Destination\": \"/d\", \"RW\": true}]", "/srv/d at /d")]
    [InlineData("", "\"Mounts\": [{\"Type\": \"bind\", \"Source\": \"/srv/d\", \"Destination\": \"/d\", \"RW\": false}]", null)]
    [InlineData("", "\"Mounts\": [{\"Type\": \"volume\", \"Name\": \"data\", \"Destination\": \"/d\", \"RW\": true}]", "the volume data at /d")]
    public void OfConfiguration_WhatIsInTheWay_IsSaid(string host, string rest, string? says)
    {
        PodmanContainer container = Container(rest, host.Length > 0 ? host : "\"AutoRemove\": false");

        string problems = string.Join(' ', PodmanChecks.OfConfiguration(container, [container, Container("\"Name\": \"other\"", id: "2")], new ContainerOptions()));

        (problems.Length == 0).Should().Be(says is null);
        (problems + " nothing").Should().Contain(says ?? "nothing");
    }

    [Fact]
    public void OfConfiguration_OthersNeedIt_NamesThem()
    {
        PodmanContainer container = Container("\"Pod\": \"\"");

        PodmanChecks.OfConfiguration(container, [container, Container("\"Dependencies\": [\"1\"]", id: "2", name: "other")], new ContainerOptions())
            .Should().ContainSingle().Which.Should().Contain("needed by others (other)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("no")]
    public void Parse_NoList_SaysSo(string text) => FluentActions.Invoking(() => PodmanContainer.Parse(text)).Should().Throw<IOException>();

    private static PodmanContainer Container(string rest, string host = "\"AutoRemove\": false", string id = "1", string name = "web")
    {
        string own = rest.Contains("\"Name\": \"other\"", StringComparison.Ordinal) ? rest : $"\"Name\": \"{name}\"{(rest.Length > 0 ? ", " + rest : string.Empty)}";
        string kinds = string.Join(", ", Usual.Split(", ").Where(kind => !host.StartsWith(kind.Split(':')[0], StringComparison.Ordinal)));
        return PodmanContainer.Parse($"[{{\"Id\": \"{id}\", \"Image\": \"i\", \"HostConfig\": {{{kinds}, {host}}}, {own}}}]").Single();
    }
}
