using System.Buffers;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Frames;

/// <summary>Sentences of a peer are shown on terminals and written to logs.</summary>
public sealed class PlainTextTests
{
    private const string Hostile = "gone\u001b[2J\u001b]0;title\u0007\r\nfake line\u009b31m\u202etxt.exe\u2028next\0";
    private const string Shown = "gone\\u001b[2J\\u001b]0;title\\u0007\\u000d\\u000afake line\\u009b31m\\u202etxt.exe\\u2028next\\u0000";

    [Theory]
    [InlineData("", "")]
    [InlineData("Free memory, or raise the limit.", "Free memory, or raise the limit.")]
    [InlineData("für Zürich: 100 €, 漢字 \U0001F600", "für Zürich: 100 €, 漢字 \U0001F600")]
    [InlineData(Hostile, Shown)]
    public void Of_Text_ShowsWhatWouldAct(string text, string shown) => PlainText.Of(text).Should().Be(shown);

    [Fact]
    public void Read_SentencesOfAPeer_ArePlain()
    {
        ((Abort)Crossed(new Abort(AbortCode.DestinationFailed, Hostile))).Sentence.Should().Be(Shown);
        ((Refuse)Crossed(new Refuse(RefusalReason.Other, Hostile))).Sentence.Should().Be(Shown);
        ((Accept)Crossed(new Accept { Warnings = [Hostile] })).Warnings.Should().Equal(Shown);
        ((LocksPending)Crossed(new LocksPending([Hostile]))).Locks.Should().Equal(Shown);
        ((CarriedOutcome)Crossed(new CarriedOutcome([Hostile], [Hostile]))).Should().BeEquivalentTo(new { Warnings = new[] { Shown }, LostProtections = new[] { Shown } });
        ((Restored)Crossed(new Restored([new PhaseDuration(Hostile, TimeSpan.Zero)]))).Phases.Single().Name.Should().Be(Shown);
        var offer = (Offer)Crossed(new Offer { MigrationId = Guid.NewGuid(), Name = Hostile, Kernel = Hostile, CriuVersion = Hostile, TotalMemoryBytes = 1, ProcessIds = [1] });
        (offer.Name, offer.Kernel, offer.CriuVersion).Should().Be((Shown, Shown, Shown));
    }

    private static MigrationMessage Crossed(MigrationMessage message)
    {
        var buffer = new ReadOnlySequence<byte>(message.Encode());
        new FrameReader("peer").Read(ref buffer, null, out MigrationMessage? received);
        return received!;
    }
}
