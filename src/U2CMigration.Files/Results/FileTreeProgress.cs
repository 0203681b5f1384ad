namespace U2CMigration.Files;

/// <summary>How far a round is.</summary>
/// <param name="Round">The round, from 0.</param>
/// <param name="EntriesWalked">Entries looked at.</param>
/// <param name="EntriesDone">Entries that differ and were sent or compared so far.</param>
/// <param name="EntriesToDo">Entries that differ, or are to be compared, in this round.</param>
/// <param name="ContentBytes">Bytes of contents sent so far in this round.</param>
public readonly record struct FileTreeProgress(int Round, long EntriesWalked, long EntriesDone, long EntriesToDo, long ContentBytes);
