using LiveMigration.Client;
using LiveMigration.Client.Service;

namespace LiveMigration.Tests.Client.Service;

public sealed class ServiceLoopTests : IDisposable
{
    private const string Counts = """
        answers=0
        report() { answers=$((answers + 10)); echo "{\"answers\": $answers, \"wrong\": $WRONG, \"lost\": $LOST, \"longestStallMs\": 12.5}"; }
        case $1 in
            load) echo ready; while read -r line; do report; done; report ;;
            check) echo "$SAYS"; exit $CODE ;;
        esac
        """;

    private readonly string _script = Path.GetTempFileName();

    [Fact]
    public void Run_EverythingRight_IsSoundToTheEnd()
    {
        ClientAnswer[] answers = Run("WRONG=0 LOST=0 CODE=0 SAYS=", "start", "measure", "verify", "finish");

        answers.Select(static answer => answer.To).Should().Equal("connected", "start", "measure", "verify", "finish");
        answers.Should().OnlyContain(static answer => answer.ConnectionSurvived && answer.WrongReplies == 0);
        answers[2].GapMs.Should().Be(12.5);
        answers[3].LostWrites.Should().Be(0);
        answers[4].LostWrites.Should().Be(0);
        answers[4].Acknowledged.Should().Be(40);
    }

    [Fact]
    public void Run_RowsAreNotRight_SaysSoInTheEnd()
    {
        ClientAnswer[] answers = Run("WRONG=0 LOST=0 CODE=1 SAYS='two rows are missing'", "start", "verify", "finish");

        answers[2].LostWrites.Should().Be(0);
        answers[3].LostWrites.Should().BeNull();
        answers[3].Broken.Should().Contain("two rows are missing");
    }

    [Fact]
    public void Run_WrongAnswer_CountsIt()
    {
        ClientAnswer[] answers = Run("WRONG=3 LOST=0 CODE=0 SAYS=", "start", "verify");

        (answers[2].WrongReplies, answers[2].LostWrites).Should().Be((3, 3));
    }

    [Fact]
    public void Run_LostConnection_HasNotSurvived() => Run("WRONG=0 LOST=1 CODE=0 SAYS=", "start", "verify")[2].ConnectionSurvived.Should().BeFalse();

    [Theory]
    [InlineData("echo ready; read -r line")]
    [InlineData("echo ready; read -r line; echo what is this")]
    public void Run_ClientThatEndsOrTalksNonsense_IsBroken(string load)
    {
        File.WriteAllText(_script, load);

        ClientAnswer[] answers = Ask("start", "verify");

        answers[2].ConnectionSurvived.Should().BeFalse();
        answers[2].LostWrites.Should().BeNull();
    }

    [Fact]
    public void Run_ServiceThatIsNeverReady_Fails()
    {
        File.WriteAllText(_script, "exit 1");

        FluentActions.Invoking(() => Ask("start")).Should().Throw<IOException>();
    }

    public void Dispose() => File.Delete(_script);

    private ClientAnswer[] Run(string settings, params string[] requests)
    {
        File.WriteAllText(_script, $"{settings}\n{Counts}");
        return Ask(requests);
    }

    private ClientAnswer[] Ask(params string[] requests)
    {
        using var input = new StringReader(string.Join('\n', requests.Select(static request => ClientJson.Write(new ClientRequest { Do = request }))));
        using var output = new StringWriter();
        new ServiceLoop(_script, input, output).Run();
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ClientJson.ReadAnswer)];
    }
}
