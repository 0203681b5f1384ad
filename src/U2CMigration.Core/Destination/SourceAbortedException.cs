using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>The source gave the migration up; its workload runs on there.</summary>
internal sealed class SourceAbortedException(Abort abort) : Exception($"The source gave up: {abort.Sentence}");
