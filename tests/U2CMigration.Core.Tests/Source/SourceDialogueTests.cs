using System.Net;
using U2CMigration.Core.Source;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>Over a connection of its own, with a destination that says what it likes.</summary>
public sealed class SourceDialogueTests : IAsyncLifetime
{
    private MigrationListener _listener = null!;
    private MigrationConnection _source = null!;
    private MigrationConnection _destination = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new MigrationConnectionOptions();
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options, null, Cancellation);
        _destination = await _listener.AcceptAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
        await _listener.DisposeAsync();
    }

    /// <summary>Every message that only a source may send, and every answer at a time when nothing like it was asked.</summary>
    [Theory]
    [InlineData(nameof(DialogueStage.Offered), "RoundAck MissingPages LocksPending CarriedOutcome Restored Committed Resumed Compared VerifyResult FillDone State Commit Query Released FilesTaken")]
    [InlineData(nameof(DialogueStage.Copying), "Accept Refuse MissingPages LocksPending CarriedOutcome Restored Committed Resumed Compared VerifyResult FillDone State Commit")]
    [InlineData(nameof(DialogueStage.Restoring), "Accept Refuse Committed Resumed Compared VerifyResult FillDone State Commit Query FilesTaken")]
    [InlineData(nameof(DialogueStage.Held), "Accept Refuse RoundAck MissingPages LocksPending CarriedOutcome Restored Committed Resumed Compared VerifyResult FillDone State FilesTaken")]
    [InlineData(nameof(DialogueStage.Committed), "Accept Refuse RoundAck MissingPages LocksPending CarriedOutcome Restored FillDone State FilesTaken")]
    [InlineData(nameof(DialogueStage.Released), "Accept Refuse RoundAck MissingPages LocksPending CarriedOutcome Restored Committed Resumed State FilesTaken")]
    public async Task NextAsync_WhatCannotBeSaidYet_IsABreachWithItsName(string stage, string messages)
    {
        foreach (string name in messages.Split(' '))
        {
            await DisposeAsync();
            await InitializeAsync();
            await using var dialogue = new SourceDialogue(_source, Enum.Parse<DialogueStage>(stage));
            await _destination.SendAsync(MessageOf(Enum.Parse<MessageType>(name)), Cancellation);

            Func<Task> next = async () => await dialogue.NextAsync(Cancellation);

            (await next.Should().ThrowAsync<MigrationProtocolException>($"{name} in {stage}")).Which.Got.Should().Be(name);
            dialogue.Ended.IsCancellationRequested.Should().BeTrue();
        }
    }

    /// <summary>The order of an honest destination.</summary>
    [Fact]
    public async Task NextAsync_HonestOrder_IsHandedOn()
    {
        await using var dialogue = new SourceDialogue(_source);
        foreach (MessageType type in (MessageType[])
            [MessageType.Accept, MessageType.RoundAck, MessageType.RoundAck, MessageType.MissingPages, MessageType.LocksPending, MessageType.CarriedOutcome, MessageType.Restored,
            MessageType.Committed, MessageType.Compared, MessageType.Resumed, MessageType.Compared, MessageType.FillDone])
        {
            if (type == MessageType.MissingPages)
            {
                dialogue.BeginRestoring();
            }
            else if (type == MessageType.Committed)
            {
                dialogue.BeginCommitting();
            }

            await _destination.SendAsync(MessageOf(type), Cancellation);
            (await dialogue.NextAsync(Cancellation)).Type.Should().Be(type);
        }
    }

    /// <summary>Known before the commit is sent, so that the workload need not be left in doubt.</summary>
    [Fact]
    public async Task BeginCommitting_DestinationRanItBefore_Throws()
    {
        await using var dialogue = new SourceDialogue(_source, DialogueStage.Restoring);
        await _destination.SendAsync(MessageOf(MessageType.Restored), Cancellation);
        await _destination.SendAsync(MessageOf(MessageType.Resumed), Cancellation);
        await dialogue.ExpectAsync<Restored>(Cancellation);
        await new Func<Task>(() => Task.Delay(Timeout.Infinite, dialogue.Ended)).Should().ThrowAsync<OperationCanceledException>();

        Action commit = dialogue.BeginCommitting;

        commit.Should().Throw<MigrationProtocolException>().Which.Got.Should().Be("Resumed");
    }

    /// <summary>No one takes what comes, as while pages are sent: a destination that continues all the same is held back, and then given up.</summary>
    [Fact]
    public async Task Flood_NobodyTakesIt_EndsWhileLittleIsHeld()
    {
        await using var dialogue = new SourceDialogue(_source, DialogueStage.Restoring);
        PageRun[] runs = [.. Enumerable.Range(1, ProtocolLimits.MaxRuns).Select(static page => new PageRun(1, (ulong)page * 2 * PageBatch.PageBytes, 1))];
        var flood = new MissingPages(runs, IsLast: false);
        int sent = 0;
        Func<Task> flooding = async () =>
        {
            for (; sent < 1000; sent++)
            {
                await _destination.SendAsync(flood, dialogue.Ended);
            }
        };

        await flooding.Should().ThrowAsync<OperationCanceledException>();
        dialogue.Failure.Should().BeOfType<MigrationProtocolException>().Which.Message.Should().Contain("MissingPages");
        _source.Statistics.WireBytesReceived.Should().BeLessThan(32L * ProtocolLimits.MaxRuns * 16, "no more than a few messages are taken in");
    }

    private static MigrationMessage MessageOf(MessageType type) => type switch
    {
        MessageType.Accept => new Accept(),
        MessageType.Refuse => new Refuse(RefusalReason.Other, "no"),
        MessageType.RoundAck => new RoundAck(0, 0, 0),
        MessageType.FilesTaken => new FilesTaken(0),
        MessageType.MissingPages => new MissingPages([], IsLast: true),
        MessageType.LocksPending => new LocksPending(["a lock"]),
        MessageType.CarriedOutcome => new CarriedOutcome([], []),
        MessageType.Restored => new Restored([]),
        MessageType.Committed => new Committed(),
        MessageType.Resumed => new Resumed(DateTimeOffset.UnixEpoch, [], 1),
        MessageType.Compared => new Compared(1, 1, 0, 0, []),
        MessageType.VerifyResult => new VerifyResult(1, 1, 0, []),
        MessageType.FillDone => new FillDone(0, 0, 0, TimeSpan.Zero, TimeSpan.Zero),
        MessageType.State => new State(Guid.Empty, MigrationState.Resumed),
        MessageType.Commit => new Commit(),
        MessageType.Query => new Query(Guid.Empty),
        MessageType.Released => new Released(),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
