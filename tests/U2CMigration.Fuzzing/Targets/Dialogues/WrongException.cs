namespace U2CMigration.Fuzzing.Targets.Dialogues;

/// <summary>Something happened that no peer may bring about.</summary>
internal sealed class WrongException(string message, Exception? cause = null) : Exception(message, cause);
