using U2CMigration.Containers.Runtimes;
using U2CMigration.Containers.Source;
using U2CMigration.Containers.Tests.Bundles;

namespace U2CMigration.Containers.Tests.Source;

public sealed class ContainerChecksTests
{
    private static readonly ContainerState State = new() { Runtime = ContainerRuntime.Crun, Id = "web", Status = "running", ProcessId = Environment.ProcessId };

    [Theory]
    [InlineData("running", null)]
    [InlineData("paused", "crun resume web")]
    [InlineData("created", "crun start web")]
    [InlineData("stopped", "Start it on the destination")]
    [InlineData("strange", "'strange'")]
    public void OfState_Status_SaysWhatHelps(string status, string? says)
    {
        string? problem = ContainerChecks.OfState(State with { Status = status });

        if (says is null)
        {
            problem.Should().BeNull();
        }
        else
        {
            problem.Should().Contain("container web").And.Contain(says);
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("\"process\": {\"terminal\": true},", "terminal")]
    [InlineData("\"mounts\": [{\"destination\": \"/d\", \"type\": \"bind\", \"source\": \"/srv/d\"}],", "/srv/d at /d")]
    [InlineData("\"mounts\": [{\"destination\": \"/d\", \"type\": \"bind\", \"source\": \"/srv/d\", \"options\": [\"ro\"]}],", null)]
    public void OfBundle_Configuration_SaysWhatIsInTheWay(string part, string? says)
    {
        using var directory = new TemporaryBundle($"{{{part} \"linux\": {{\"namespaces\": [{{\"type\": \"pid\"}}, {{\"type\": \"mount\"}}]}}}}");

        string problems = string.Join(' ', ContainerChecks.OfBundle(State, directory.Read(), new ContainerOptions()));

        if (says is null)
        {
            problems.Should().BeEmpty();
        }
        else
        {
            problems.Should().Contain(says);
        }
    }

    [Theory]
    [InlineData("{\"type\": \"mount\"}", "no PID namespace")]
    [InlineData("{\"type\": \"pid\", \"path\": \"/proc/1/ns/pid\"}, {\"type\": \"mount\"}", "no PID namespace")]
    [InlineData("{\"type\": \"pid\"}", "no mount namespace")]
    [InlineData("{\"type\": \"pid\"}, {\"type\": \"mount\"}, {\"type\": \"user\"}", "user namespace")]
    [InlineData("{\"type\": \"pid\"}, {\"type\": \"mount\"}, {\"type\": \"network\", \"path\": \"/proc/1/ns/net\"}", "network of this host by a path")]
    public void OfBundle_Namespaces_SaysWhatIsInTheWay(string namespaces, string says)
    {
        using var directory = new TemporaryBundle($"{{\"linux\": {{\"namespaces\": [{namespaces}]}}}}");

        ContainerChecks.OfBundle(State, directory.Read(), new ContainerOptions()).Should().ContainSingle().Which.Should().Contain(says);
    }

    [Fact]
    public void OfBundle_WritableDirectoryAndFilesVouchedFor_IsNoProblem()
    {
        using var directory = new TemporaryBundle("{\"mounts\": [{\"destination\": \"/d\", \"type\": \"bind\", \"source\": \"/srv/d\"}], \"linux\": {\"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"mount\"}]}}");

        ContainerChecks.OfBundle(State, directory.Read(), new ContainerOptions { FilesAreThere = true }).Should().BeEmpty();
    }

    [Theory]
    [InlineData("-v")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void Container_NoNameOfAContainer_SaysSo(string id) =>
        FluentActions.Invoking(() => ContainerTarget.Crun(id)).Should().Throw<ArgumentException>().WithMessage($"*'{id}' is no name of a container*");

    /// <summary>What travels is not in the way; what else the container may write to is.</summary>
    [Theory]
    [InlineData("/d", false)]
    [InlineData("/d/", false)]
    [InlineData("/other", true)]
    public void OfBundle_VolumeThatTravels_IsNotInTheWay(string volume, bool isInTheWay)
    {
        const string Configuration = "{\"mounts\": [{\"destination\": \"/d\", \"type\": \"bind\", \"source\": \"/srv/d\"}], \"linux\": {\"namespaces\": [{\"type\": \"pid\"}, {\"type\": \"mount\"}]}}";
        using var directory = new TemporaryBundle(Configuration);

        IEnumerable<string> problems = ContainerChecks.OfBundle(State, directory.Read(), new ContainerOptions { Volumes = [volume] });

        problems.Any(static problem => problem.Contains("--volume /d", StringComparison.Ordinal)).Should().Be(isInTheWay);
    }
}
