namespace U2CMigration.Transport.Frames;

/// <summary>The kind of a frame. The numbers are part of the protocol: never reused.</summary>
public enum MessageType : byte
{
    /// <summary>Not a valid frame; an all-zero header is refused by this.</summary>
    None = 0,

    /// <summary>Source to destination: a migration is offered.</summary>
    Offer = 1,

    /// <summary>Destination to source: the offer is taken.</summary>
    Accept = 2,

    /// <summary>Destination to source: the offer is refused.</summary>
    Refuse = 3,

    /// <summary>Source to destination: what the restore will ask of the destination.</summary>
    Needs = 4,

    /// <summary>Source to destination: a batch of pages.</summary>
    Pages = 16,

    /// <summary>Source to destination: pages sent before are not valid any more.</summary>
    PagesDropped = 17,

    /// <summary>Destination to source: page bytes taken into the store.</summary>
    PagesAck = 18,

    /// <summary>Source to destination: a round is over.</summary>
    RoundEnd = 19,

    /// <summary>Destination to source: everything of the round is in the store.</summary>
    RoundAck = 20,

    /// <summary>Source to destination: the shared memory objects whose pages travel.</summary>
    SharedObjectList = 21,

    /// <summary>Source to destination: the process tree stands still.</summary>
    Frozen = 32,

    /// <summary>Source to destination: a piece of an image file.</summary>
    ImageFile = 33,

    /// <summary>Source to destination: all image files were sent.</summary>
    ImagesEnd = 34,

    /// <summary>Destination to source: pages that the images name and the store lacks.</summary>
    MissingPages = 35,

    /// <summary>Destination to source: restored, held before its first instruction.</summary>
    Restored = 36,

    /// <summary>Destination to source: file locks that it cannot take while the frozen original holds them.</summary>
    LocksPending = 37,

    /// <summary>Source to destination: the pages of shared memory objects that hold anything but zeros.</summary>
    ObjectPages = 38,

    /// <summary>Source to destination: a round of files begins, on the stream.</summary>
    FilesRound = 39,

    /// <summary>Destination to source: all of a round of files is in its place.</summary>
    FilesTaken = 40,

    /// <summary>Either direction: bytes of the stream beside the messages.</summary>
    StreamData = 41,

    /// <summary>Either direction: bytes of that stream were taken, so that more may come.</summary>
    StreamCredit = 42,

    /// <summary>Source to destination: what CRIU's images leave out.</summary>
    CarriedState = 44,

    /// <summary>Destination to source: what of it the restored tasks could not be given.</summary>
    CarriedOutcome = 45,

    /// <summary>Source to destination: the commit point.</summary>
    Commit = 48,

    /// <summary>Destination to source: the process tree runs.</summary>
    Resumed = 49,

    /// <summary>Source to destination: the frozen original is gone.</summary>
    Released = 50,

    /// <summary>Either direction: the migration ends here.</summary>
    Abort = 51,

    /// <summary>Destination to source: every page is installed in the restored processes.</summary>
    FillDone = 52,

    /// <summary>Destination to source: the commit is recorded, and the process tree runs as soon as it has its file locks.</summary>
    Committed = 53,

    /// <summary>Source to destination: the frozen original is gone, and its file locks with it.</summary>
    LocksReleased = 54,

    /// <summary>Source to destination: checksums of pages of the frozen tree.</summary>
    VerifyPages = 64,

    /// <summary>Destination to source: the outcome of comparing them with the store.</summary>
    VerifyResult = 65,

    /// <summary>Source to destination: checksums of pages of the frozen tree that the restored tree must have while it is held.</summary>
    HeldSample = 66,

    /// <summary>Destination to source: the outcome of comparing <see cref="VerifyPages"/> with the restored tree.</summary>
    Compared = 67,

    /// <summary>Either direction: are you there?</summary>
    Ping = 80,

    /// <summary>Either direction: the answer to <see cref="Ping"/>.</summary>
    Pong = 81,

    /// <summary>Source to destination: what became of a migration?</summary>
    Query = 82,

    /// <summary>Destination to source: the answer to <see cref="Query"/>.</summary>
    State = 83,

    /// <summary>Destination to source: what a proof on this connection has to be made from.</summary>
    Challenge = 84,

    /// <summary>Source to destination: that it knows a secret.</summary>
    Proof = 85,

    /// <summary>Destination to source: that it knows the secret as well.</summary>
    ProofAnswer = 86,
}
