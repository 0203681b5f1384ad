namespace U2CMigration.Core.Logging;

/// <summary>The event ids of this package. An id is never used again for something else.</summary>
internal static class LogEventIds
{
    public const int PhaseEntered = 1000;
    public const int ProgressHandlerFailed = 1001;
    public const int MigrationStarted = 1002;
    public const int RoundDone = 1003;
    public const int MigrationCompleted = 1004;
    public const int RolledBack = 1005;
    public const int InDoubt = 1006;
    public const int UndoFailed = 1007;
    public const int MissingPagesSent = 1008;
    public const int Warning = 1009;
    public const int FreezeTimeline = 1010;
    public const int LeftInDoubt = 1011;
    public const int NotConverging = 1012;
    public const int Throttled = 1013;
    public const int MappingsChanged = 1014;
    public const int LogNotKept = 1015;
    public const int MemoryDiffers = 1020;
    public const int FreezePutOff = 1016;
    public const int DumpTriedAgain = 1017;
    public const int InterruptionSettled = 1034;
    public const int ConnectionNotEnded = 1031;
    public const int LookedAgain = 1030;
    public const int DestinationBrokeProtocol = 1032;
    public const int SendsToAnybody = 1033;
    public const int DowntimeNotLearned = 1035;
    public const int Listening = 1100;
    public const int OfferAccepted = 1101;
    public const int OfferRefused = 1102;
    public const int WorkloadHeld = 1103;
    public const int WorkloadResumed = 1104;
    public const int IncomingFailed = 1105;
    public const int PagesMissing = 1106;
    public const int FillDone = 1107;
    public const int LocksAwaited = 1108;
    public const int InnerConnectionsNotLocked = 1109;
    public const int MigrationAbandoned = 1110;
    public const int OfferChecked = 1120;
    public const int FamilyMemory = 1115;
    public const int CannotReceive = 1116;
    public const int PeerNotReset = 1117;
    public const int RestoreTimeline = 1118;
    public const int ConnectionsNotLocked = 1121;
    public const int MigrationRecovered = 1122;
    public const int AddressNotAnnounced = 1140;
    public const int AddressAnnouncedLate = 1141;
    public const int FillTakenOver = 1150;
    public const int FillLost = 1151;
    public const int FillLeft = 1152;
    public const int GuardianReplaced = 1040;
    public const int NotAuthorized = 1130;
    public const int SecretNotProven = 1131;
    public const int ReceivesFromAnybody = 1132;
    public const int TooManyConnections = 1133;
}
