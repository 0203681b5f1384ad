using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>The destination gave the migration up; it runs nothing of it.</summary>
internal sealed class DestinationAbortedException(Abort abort) : Exception($"The destination gave up: {abort.Sentence}")
{
    public AbortCode Code => abort.Code;
}
