using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>Turns a payload into a message. A switch, not reflection: these messages lie in the downtime.</summary>
internal static class MessageCodec
{
    public static MigrationMessage Read(MessageType type, ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(type, payload);
        MigrationMessage message = type switch
        {
            MessageType.Offer => Offer.Read(ref reader),
            MessageType.Accept => Accept.Read(ref reader),
            MessageType.Refuse => Refuse.Read(ref reader),
            MessageType.Needs => Needs.Read(ref reader),
            MessageType.PagesDropped => PagesDropped.Read(ref reader),
            MessageType.RoundEnd => RoundEnd.Read(ref reader),
            MessageType.RoundAck => RoundAck.Read(ref reader),
            MessageType.SharedObjectList => SharedObjectList.Read(ref reader),
            MessageType.Frozen => Frozen.Read(ref reader),
            MessageType.ImageFile => ImageFile.Read(ref reader),
            MessageType.ImagesEnd => ImagesEnd.Read(ref reader),
            MessageType.MissingPages => MissingPages.Read(ref reader),
            MessageType.Restored => Restored.Read(ref reader),
            MessageType.LocksPending => LocksPending.Read(ref reader),
            MessageType.ObjectPages => ObjectPages.Read(ref reader),
            MessageType.FilesRound => FilesRound.Read(ref reader),
            MessageType.FilesTaken => FilesTaken.Read(ref reader),
            MessageType.StreamData => StreamData.Read(ref reader),
            MessageType.StreamCredit => StreamCredit.Read(ref reader),
            MessageType.CarriedState => CarriedState.Read(ref reader),
            MessageType.CarriedOutcome => CarriedOutcome.Read(ref reader),
            MessageType.Commit => new Commit(),
            MessageType.Resumed => Resumed.Read(ref reader),
            MessageType.Released => new Released(),
            MessageType.Abort => Abort.Read(ref reader),
            MessageType.FillDone => FillDone.Read(ref reader),
            MessageType.Committed => new Committed(),
            MessageType.LocksReleased => new LocksReleased(),
            MessageType.VerifyPages => VerifyPages.Read(ref reader),
            MessageType.VerifyResult => VerifyResult.Read(ref reader),
            MessageType.HeldSample => HeldSample.Read(ref reader),
            MessageType.Compared => Compared.Read(ref reader),
            MessageType.Ping => Ping.Read(ref reader),
            MessageType.Pong => Pong.Read(ref reader),
            MessageType.Query => Query.Read(ref reader),
            MessageType.State => State.Read(ref reader),
            MessageType.Challenge => Challenge.Read(ref reader),
            MessageType.Proof => Proof.Read(ref reader),
            MessageType.ProofAnswer => ProofAnswer.Read(ref reader),
            _ => throw new MigrationProtocolException("a known message type", $"type {(byte)type}"),
        };
        reader.End();
        return message;
    }
}
