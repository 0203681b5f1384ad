using System.Text;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Transport;
using Message = U2CMigration.Transport.Messages.CarriedState;

namespace U2CMigration.Core.Tests.CarriedState;

public sealed class DestinationStateTests
{
    [Fact]
    public void Take_InPieces_IsTheTreeThatWasSent()
    {
        byte[] text = CarriedSender.Write(new CarriedTree { Waiting = [new CarriedConnection("10.0.0.1:80", "10.0.0.2:1234")] });
        var state = new DestinationState(isSent: true);

        state.TryTake(new Message(text.AsMemory(0, 10), IsLast: false));
        state.Any.Should().BeFalse();
        state.TryTake(new Message(text.AsMemory(10), IsLast: true));

        state.Waiting.Should().Equal(new CarriedConnection("10.0.0.1:80", "10.0.0.2:1234"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"processes\":null}")]
    [InlineData("{\"processes\":[null]}")]
    [InlineData("{\"processes\":[{\"processId\":7,\"attributes\":{\"a\":null},\"sealed\":[]}]}")]
    [InlineData("{\"threads\":[{\"threadIds\":[7]}]}")]
    [InlineData("{\"sockets\":[{\"processId\":7,\"descriptor\":3,\"kind\":\"2\",\"options\":{},\"groups\":[null]}]}")]
    [InlineData("{\"groupLimits\":{\"pids.max\":null}}")]
    [InlineData("{\"waiting\":[{\"local\":\"10.0.0.1:80\"}]}")]
    [InlineData("{\"waiting\":[{\"local\":\"nowhere\",\"remote\":\"10.0.0.2:81\"}]}")] // would be found out after the commit
    [InlineData("{\"waiting\":[{\"local\":\"10.0.0.1:80\",\"remote\":\"[::1]:81\"}]}")]
    public void Take_SomethingElse_IsRefused(string text) =>
        FluentActions.Invoking(() => new DestinationState(isSent: true).TryTake(new Message(Encoding.UTF8.GetBytes(text), IsLast: true))).Should().Throw<MigrationProtocolException>();

    /// <summary>As of a source that does not know a member yet.</summary>
    [Fact]
    public async Task Give_TextWithoutMembers_GivesNothing()
    {
        var state = new DestinationState(isSent: true);
        state.TryTake(new Message("{}"u8.ToArray(), IsLast: true));

        await state.GiveAsync(Environment.ProcessId);

        state.IsComplete.Should().BeTrue();
        state.Waiting.Should().BeEmpty();
    }

    /// <summary>Numbers come from the source: another process of this host is none of the restored ones, whatever is sent for it.</summary>
    [Fact]
    public async Task Give_ToAProcessThatWasNotRestored_ChangesNothingAndSaysSo()
    {
        using var root = System.Diagnostics.Process.Start("sleep", "60");
        using var other = System.Diagnostics.Process.Start("sleep", "60");
        try
        {
            ProcessAttributes.All[0].Set(other.Id, "00000001");
            var state = new DestinationState(isSent: true);
            state.TryTake(new Message(CarriedSender.Write(new CarriedTree
            {
                Processes = [new CarriedProcess(other.Id, new Dictionary<string, string> { [ProcessAttributes.All[0].Name] = "0000007f" }, [4096, 8192])],
                Threads = [new CarriedThreads([other.Id], new Dictionary<string, string>(), new Dictionary<string, long>())],
                Sockets = [new CarriedSocket(other.Id, 1, "2/1/6", new Dictionary<string, string>(), [])],
            }), IsLast: true));

            await state.GiveAsync(root.Id);

            ProcessAttributes.All[0].Read(other.Id).Should().Be("00000001");
            state.Warnings.Should().ContainSingle().Which.Should().Contain($"{other.Id}").And.Contain("none of the restored ones");
            state.LostProtections.Should().BeEmpty();
        }
        finally
        {
            root.Kill();
            other.Kill();
        }
    }

    [Fact]
    public async Task Give_WhatThisProcessHas_ChangesAndWarnsOfNothing()
    {
        await DestinationState.RehearseAsync();
        var state = new DestinationState(isSent: true);
        Dictionary<string, string> own = ThreadAttributes.All.ToDictionary(static one => one.Name, static one => one.Read(Environment.ProcessId)!);
        state.TryTake(new Message(CarriedSender.Write(new CarriedTree { Threads = [new CarriedThreads([Environment.ProcessId], own, new Dictionary<string, long>())] }), IsLast: true));

        await state.GiveAsync(Environment.ProcessId);

        own.Values.Should().NotContainNulls();
        state.Warnings.Should().BeEmpty();
        state.LostProtections.Should().BeEmpty();
    }
}
