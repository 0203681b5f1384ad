using U2CMigration.Core.Freezing;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Core.Preflight;

/// <summary>Finds what would make a receiver refuse every migration, before the first source hears of it.</summary>
internal static class ReceiverCheck
{
    /// <summary>Everything that stands in the way on this host.</summary>
    /// <param name="options">The receiver's, which are valid.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A sentence for each thing, with the remedy; none where migrations can be taken.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(MigrationReceiverOptions options, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // What is missing for others than root is no news to them.
            return ["Receiving needs root (CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_RESOURCE, CAP_CHECKPOINT_RESTORE, CAP_NET_ADMIN); run it as root."];
        }

        var problems = new List<string>();
        try
        {
            CriuCapabilities criu = await CriuPreflight.AskAsync(options.Criu, cancellationToken).ConfigureAwait(false);
            if (options.RestoreMode == RestoreMode.FirstTouch && !criu.Features.LazyPages)
            {
                problems.Add(FirstTouchSentence(criu.Version));
            }
        }
        catch (CriuException e)
        {
            problems.Add(CriuWords.Explain(e, static _ => null));
        }

        if (ArrivalGroup.Problem(options.CgroupDirectory) is { } problem)
        {
            problems.Add(problem);
        }

        try
        {
            if (options.Network is { } network)
            {
                await network.CheckAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException e)
        {
            problems.Add(e.Message);
        }

        return problems;
    }

    /// <summary>Why a restore on first touch is not possible.</summary>
    public static string FirstTouchSentence(CriuVersion version) =>
        $"CRIU {version} cannot restore lazily on this kernel (userfaultfd with events, kernel 4.11, is needed), and {nameof(RestoreMode.FirstTouch)} was asked for. Use {nameof(RestoreMode.Auto)}.";
}
