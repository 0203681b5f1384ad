namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>What a peer sends at once: its greeting, or a frame.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Stage">How far the other end must be before an honest peer sends it; 0 for at once.</param>
internal readonly record struct ScriptPiece(byte[] Bytes, int Stage = 0);
