using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Which messages of a destination fit into a stage.</summary>
internal static class DialogueStages
{
    /// <summary>Whether an honest destination can say this now. What a message claims is judged by anyone who waits for it.</summary>
    public static bool Allows(this DialogueStage stage, MigrationMessage message) => stage switch
    {
        DialogueStage.Offered => message is Accept or Refuse,
        DialogueStage.Copying => message is RoundAck or FilesTaken,
        DialogueStage.Restoring => message is RoundAck or MissingPages or LocksPending or CarriedOutcome or Restored,
        DialogueStage.Committed => message is Committed or Compared or VerifyResult or Resumed,
        DialogueStage.Released => message is Compared or VerifyResult or FillDone,
        _ => false,
    };

    /// <summary>What is expected, for people.</summary>
    public static string Expected(this DialogueStage stage) => stage switch
    {
        DialogueStage.Offered => "an answer to the offer",
        DialogueStage.Copying => $"{MessageType.RoundAck} while pages and images are sent",
        DialogueStage.Restoring => $"what belongs to a restore, up to {MessageType.Restored}",
        DialogueStage.Held => "silence until the commit",
        DialogueStage.Committed => $"{MessageType.Resumed}",
        _ => $"a comparison or {MessageType.FillDone}",
    };

    /// <summary>The stage after a message of the destination.</summary>
    public static DialogueStage After(this DialogueStage stage, MigrationMessage message) => message switch
    {
        Accept => DialogueStage.Copying,
        Restored => DialogueStage.Held,
        Resumed => DialogueStage.Released,
        _ => stage,
    };
}
