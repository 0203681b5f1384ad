using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>What an honest destination says.</summary>
internal static class HonestDestination
{
    public const int ProcessId = 10009;
    public const ulong Address = 0x5555_0000;
    public const int Pages = 4;

    public static Guid MigrationId { get; } = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    public const int Challenge = 0;
    public const int Accept = 1;
    public const int RoundAck = 2;
    public const int Missing = 3;
    public const int MissingMore = 4;
    public const int LocksPending = 5;
    public const int Outcome = 6;
    public const int Restored = 7;
    public const int Committed = 8;
    public const int Resumed = 9;
    public const int FillDone = 10;
    public const int Refuse = 11;
    public const int Abort = 12;
    public const int StateResumed = 13;
    public const int StateAborted = 14;
    public const int StateUnknown = 15;
    public const int StateRestored = 16;
    public const int StateCommitted = 17;
    public const int StateOfAnother = 18;
    public const int Compared = 19;
    public const int Ping = 20;
    public const int ChallengeRequired = 21;

    public const int Offered = 1;
    public const int Copying = 2;
    public const int Restoring = 3;
    public const int Committing = 4;
    public const int Released = 5;

    /// <summary>How far the source must be for a message.</summary>
    public static int StageOf(MessageType type) => type switch
    {
        MessageType.Accept or MessageType.Refuse => Offered,
        MessageType.RoundAck => Copying,
        MessageType.MissingPages or MessageType.LocksPending or MessageType.CarriedOutcome or MessageType.Restored => Restoring,
        MessageType.Committed or MessageType.Resumed => Committing,
        MessageType.Compared or MessageType.FillDone => Released,
        _ => 0,
    };

    public static IReadOnlyList<ScriptFrame> All { get; } =
    [
        .. new MigrationMessage[]
        {
            new Challenge(new byte[Transport.Messages.Challenge.NonceBytes], IsRequired: false), new Accept { Ledger = MemoryRecords.Identity }, new RoundAck(1, 0, 0),
            new MissingPages([new PageRun(ProcessId, Address, 2)], IsLast: true), new MissingPages([new PageRun(ProcessId, Address + 4096, 1)], IsLast: false), new LocksPending(["/srv/lock"]),
            new CarriedOutcome([], []), new Restored([]), new Committed(), new Resumed(default, [], 0), new FillDone(0, 0, 0, TimeSpan.Zero, TimeSpan.Zero),
            new Refuse(RefusalReason.Busy, "Try again."), new Abort(AbortCode.RestoreFailed, "It failed."),
            State(MigrationState.Resumed), State(MigrationState.Aborted), State(MigrationState.Unknown), State(MigrationState.Restored), State(MigrationState.Committed),
            State(MigrationState.Aborted) with { Ledger = MemoryRecords.Identity with { LedgerId = new Guid(9, 0, 0, new byte[8]) } },
            new Compared(ProcessId, 2, 0, 0, Array.Empty<ulong>()), new Ping(7), new Challenge(new byte[Transport.Messages.Challenge.NonceBytes], IsRequired: true),
        }.Select(ScriptFrame.Of),
    ];

    private static State State(MigrationState state) => new(MigrationId, state) { Ledger = MemoryRecords.Identity };
}
