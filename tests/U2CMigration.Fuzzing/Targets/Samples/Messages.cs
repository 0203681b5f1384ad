using System.Net;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing.Targets.Samples;

/// <summary>One message of each kind.</summary>
internal static class Messages
{
    private static readonly Guid Id = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static readonly PageRun[] Runs = [new(10009, 0x5555_0000, 3), new(10010, 0x7fff_0000, 1)];

    public static IEnumerable<MigrationMessage> All { get; } =
    [
        new Offer
        {
            MigrationId = Id, Name = "redis", Kernel = "6.18.5", CriuVersion = "4.2.1", TotalMemoryBytes = 1 << 26, ProcessIds = [10009, 10010],
            Options = OfferOptions.Verify, Requirements = ["pages-to-place", "restore-with:cgroups=Soft"], Traits = ["user-namespace"],
        },
        new Needs
        {
            IsCheck = true, Threads = [10009, 10011], Groups = [10009], Endpoints = [new NeededEndpoint((EndpointUse)1, new IPEndPoint(IPAddress.Loopback, 6379))],
            Files = [new NeededFile("/srv/data/a", 33188, 12), new NeededFile("/srv/data/b", 33188, 0)], ProcessorFeatures = ["avx2", "sse4_2"],
        },
        new Accept { Warnings = ["A processor lacks avx512f."] },
        new Refuse(RefusalReason.Busy, "This migration is under way already."),
        new PagesDropped(Runs),
        new RoundEnd(3, 16384, 1 << 26),
        new RoundAck(3, 1 << 26, 1 << 26),
        new SharedObjectList([new SharedObjectEntry(ProtocolLimits.FirstObjectId, (SharedObjectEntryKind)2, 77, 8192, 0x180, 0, 0, 0, "file[memfd:77]", "cache")]),
        new Frozen(12, 49152),
        new ImageFile("core-10009.img", 0, 4, new byte[] { 1, 2, 3, 4 }),
        new ImagesEnd(4, [new ImageChecksum("core-10009.img", 4, 0x1234567812345678)]),
        new MissingPages(Runs, IsLast: true),
        new Restored([new PhaseDuration("restore", TimeSpan.FromMilliseconds(12))]),
        new LocksPending(["/srv/data/lock"]),
        new ObjectPages(Runs, IsLast: true),
        new CarriedState("{}"u8.ToArray(), IsLast: true),
        new CarriedOutcome(["warning"], ["seccomp"]),
        new FilesRound(3, FilesRoundKind.Frozen),
        new FilesTaken(3),
        new StreamData(new byte[] { 1, 2, 3 }),
        new StreamCredit(262_144),
        new Commit(),
        new Resumed(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), [new PhaseDuration("resume", TimeSpan.FromMilliseconds(1))], 123456),
        new Released(),
        new Abort((AbortCode)1, "No reason."),
        new FillDone(1, 2, 3, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(2)),
        new Committed(),
        new LocksReleased(),
        new VerifyPages(10009, 0x5555_0000, new ulong[] { 1, 2, 3 }),
        new VerifyResult(10009, 3, 1, new ulong[] { 0x5555_0000 }),
        new HeldSample(Runs, new ulong[] { 1, 2, 3, 4 }, IsLast: true),
        new Compared(10009, 2, 1, 0, new ulong[] { 0x5555_0000 }),
        new Ping(7),
        new Pong(7),
        new Query(Id),
        new State(Id, MigrationState.Resumed),
        new Challenge(new byte[Challenge.NonceBytes], IsRequired: true),
        new Proof(new byte[Proof.IdBytes], new byte[Challenge.NonceBytes], new byte[Proof.CodeBytes]),
        new ProofAnswer(new byte[Proof.CodeBytes]),
    ];
}
