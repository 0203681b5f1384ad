using System.Text;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.CarriedState.Attributes;
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
    public void Take_SomethingElse_IsRefused(string text) =>
        FluentActions.Invoking(() => new DestinationState(isSent: true).TryTake(new Message(Encoding.UTF8.GetBytes(text), IsLast: true))).Should().Throw<MigrationProtocolException>();

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
