using KeyValueProtocols;
using LiveMigration.Client;
using LiveMigration.Client.KeyValue;

namespace LiveMigration.Tests.Client.KeyValue;

/// <summary>The client of the servers notices whatever a migration could do to what was acknowledged.</summary>
public sealed class WriteLoadTests : IDisposable
{
    private const int Keys = 20;
    private const int Operations = 200;
    private readonly FakeMemcached _server = new();
    private readonly WriteLoad _load;

    public WriteLoadTests() => _load = new WriteLoad(new MemcachedProtocol(), _server.Endpoint, Keys, 0);

    public void Dispose()
    {
        _load.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void CheckData_AllThere_NothingIsLost()
    {
        Write();

        _load.CheckData().Should().Be(new DataCheck(Keys, 0));
        _load.WrongReplies.Should().Be(0);
    }

    [Fact]
    public void CheckData_KeyGone_ItsWritesAreLost()
    {
        Write();
        _server.Damage(values => values.Remove("key:0000000003"));

        _load.CheckData().LostWrites.Should().BeGreaterThan(0);
    }

    [Fact]
    public void CheckData_OneByteOfAValueChanged_ItsWritesAreLost()
    {
        Write();
        _server.Damage(values => values["key:0000000003"] = values["key:0000000003"][..^1] + (char)(values["key:0000000003"][^1] ^ 1));

        _load.CheckData().LostWrites.Should().BeGreaterThan(0);
    }

    [Fact]
    public void CheckData_OlderValue_LaterWritesAreLost()
    {
        Write();
        byte[] older = new byte[Value.Length];
        Value.Write(older, 3, 1);
        _server.Damage(values => values["key:0000000003"] = System.Text.Encoding.Latin1.GetString(older));

        _load.CheckData().LostWrites.Should().BeGreaterThan(0);
    }

    [Fact]
    public void CheckData_CounterBehind_TheDifferenceIsLost()
    {
        Write();
        _server.Damage(values => values["counter"] = $"{_load.Acknowledged - 7}");

        _load.CheckData().LostWrites.Should().Be(7);
    }

    [Fact]
    public void Step_CounterJumps_RepliesAreWrong()
    {
        Write();
        _server.Damage(values => values["counter"] = "1");
        Write();

        _load.WrongReplies.Should().BeGreaterThan(0);
    }

    /// <summary>Writes for a while, and takes all replies.</summary>
    private void Write()
    {
        long end = _load.Acknowledged + Operations;
        _load.Begin();
        while (_load.Broken is null && (_load.Acknowledged < end || _load.Unanswered))
        {
            _load.Step(send: _load.Acknowledged < end);
        }

        _load.Broken.Should().BeNull();
    }
}
