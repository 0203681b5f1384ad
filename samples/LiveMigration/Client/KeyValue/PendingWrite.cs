namespace LiveMigration.Client.KeyValue;

/// <summary>One write on its way.</summary>
public readonly record struct PendingWrite(int Key, uint Sequence, long SentTimestamp);
