using System.Diagnostics;
using LiveMigration.Client;
using LiveMigration.Client.Worker;

namespace LiveMigration.Tests.Client.Worker;

/// <summary>The client of the programs that work by themselves notices lost work, wrong data and a standstill.</summary>
public sealed class ProgressLoadTests : IDisposable
{
    private const int Pings = 50;
    private readonly FakeServer _server;
    private readonly ProgressLoad _load;
    private long _operations = 1000;
    private string? _check;

    public ProgressLoadTests()
    {
        // Ten units of work between two questions.
        _server = new FakeServer((line, _) => line == "check" ? $"{_check ?? $"ok operations={_operations + 1} pages=8"}\n" : $"ok operations={_operations += 10}\n");
        _load = new ProgressLoad(_server.Endpoint);
    }

    public void Dispose()
    {
        _load.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void CheckData_WorkGoesOn_NothingIsLost()
    {
        long begin = Stopwatch.GetTimestamp();
        Ask();

        _load.CheckData().Should().Be(new DataCheck(8, 0));
        _load.Acknowledged.Should().Be((10 * Pings) + 1);
        _load.Log.Count(begin - Stopwatch.Frequency, Stopwatch.GetTimestamp() + Stopwatch.Frequency).Operations.Should().BeApproximately(10 * Pings, 1e-6);
    }

    [Theory]
    [InlineData("mismatch: after operation 1511: a word of page 3 of the weights is wrong")]
    [InlineData("ok operations=1010 pages=8")]
    public void CheckData_WrongDataOrNoWork_IsALoss(string answer)
    {
        Ask();
        _check = answer;

        _load.CheckData().LostWrites.Should().BeGreaterThan(0);
        _load.WrongReplies.Should().Be(1);
    }

    [Fact]
    public void CheckData_LessWorkThanItToldBefore_TheDifferenceIsLost()
    {
        Ask();
        _check = $"ok operations={_operations - 3} pages=8";

        _load.CheckData().LostWrites.Should().Be(3);
    }

    [Fact]
    public void Step_ProgressGoesBack_IsAWrongReply()
    {
        Ask();
        _operations -= 100;
        for (int i = 0; i < Pings && _load.WrongReplies == 0; i++)
        {
            _load.Step(send: true);
        }

        _load.WrongReplies.Should().Be(1);
    }

    /// <summary>Asks for progress some times, and takes all answers.</summary>
    private void Ask()
    {
        long end = _operations + (10 * Pings);
        _load.Begin();
        while (_load.Broken is null && (_operations < end || _load.Unanswered))
        {
            _load.Step(send: _operations < end);
        }
    }
}
