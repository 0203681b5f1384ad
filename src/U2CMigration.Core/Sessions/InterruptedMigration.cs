using System.Net.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Committing.Files;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Settlement;
using U2CMigration.Core.Source;
using U2CMigration.Core.Trust;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Sessions;

/// <summary>A migration whose program on the source ended after the commit and before it knew the outcome: its workload is frozen here, and may run on the destination.</summary>
/// <remarks>Found by <see cref="MigrationSession.FindInterrupted"/>. Calls must not overlap.</remarks>
/// <example>
/// <code>
/// foreach (InterruptedMigration interrupted in MigrationSession.FindInterrupted())
/// {
///     await interrupted.ResolveAsync(cancellationToken: cancellationToken);
/// }
/// </code>
/// </example>
public sealed class InterruptedMigration
{
    private readonly JournalEntry _entry;
    private readonly JournalFiles _journal;
    private readonly string _workDirectory;
    private readonly ILoggerFactory _loggers;
    private readonly AbandonedOriginal _original;

    internal InterruptedMigration(JournalEntry entry, string workDirectory, ILoggerFactory? loggers)
    {
        _entry = entry;
        _workDirectory = workDirectory;
        _journal = new JournalFiles(workDirectory);
        _loggers = loggers ?? NullLoggerFactory.Instance;
        _original = new AbandonedOriginal(entry, _loggers.CreateLogger("U2CMigration.Session"));
    }

    /// <summary>The identity of the migration.</summary>
    public Guid MigrationId => _entry.MigrationId;

    /// <summary>The root of the frozen tree.</summary>
    public int RootProcessId => _entry.RootProcessId;

    /// <summary>Where the destination was reached, as <c>HOST:PORT</c>.</summary>
    public string Destination => _entry.Destination;

    /// <summary>Whether the frozen tree is there.</summary>
    /// <value>False after a reboot of this host, and when somebody has ended it.</value>
    public bool IsOriginalThere => _original.Exists;

    /// <summary>Settles it: ends the frozen tree, or lets it run on.</summary>
    /// <param name="choice">Who decides. The default asks the destination, and is the only one that is always right.</param>
    /// <param name="credentials">TLS for the question; null for plain TCP.</param>
    /// <param name="secret">The secret of the migration, where the destination was told to expect it; null for none.</param>
    /// <param name="connectTimeout">The longest time to reach the destination; 10 s by default.</param>
    /// <param name="cancellationToken">Ends the attempt; it can be repeated.</param>
    /// <exception cref="TransportException">The destination cannot be asked now; the workload stays frozen, try again.</exception>
    /// <exception cref="MigrationException">Another receiver answers than the one that took the workload; it stays frozen.</exception>
    /// <exception cref="InvalidOperationException">Another program is working on it.</exception>
    /// <exception cref="IOException">The frozen tree does not end, or the journal cannot be written.</exception>
    public async Task<MigrationSettlement> ResolveAsync(
        SettlementChoice choice = SettlementChoice.AskDestination, SslClientAuthenticationOptions? credentials = null, MigrationSecret? secret = null, TimeSpan? connectTimeout = null, CancellationToken cancellationToken = default)
    {
        using IDisposable claim = _journal.TryClaim(MigrationId) ?? throw new InvalidOperationException($"Another program is working on migration {MigrationId}; wait for it to end.");
        SourceCommit commit = SourceCommit.Continue(_journal, _entry, _original);
        DestinationVerdict verdict = choice switch
        {
            SettlementChoice.AskDestination => await AskAsync(commit, credentials, secret, connectTimeout, cancellationToken).ConfigureAwait(false),
            SettlementChoice.KeepSource => DestinationVerdict.DoesNotRun,
            SettlementChoice.DropSource => DestinationVerdict.Runs,
            _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, $"Use {nameof(SettlementChoice.AskDestination)}, {nameof(SettlementChoice.KeepSource)} or {nameof(SettlementChoice.DropSource)}."),
        };
        await commit.SettleAsync(verdict).ConfigureAwait(false);
        ClaimedDirectory.RemoveAbandoned(_workDirectory);
        MigrationSettlement settlement = verdict == DestinationVerdict.Runs ? MigrationSettlement.Moved : MigrationSettlement.RolledBack;
        _loggers.CreateLogger("U2CMigration.Session").InterruptionSettled(MigrationId, settlement);
        return settlement;
    }

    private async Task<DestinationVerdict> AskAsync(SourceCommit commit, SslClientAuthenticationOptions? credentials, MigrationSecret? secret, TimeSpan? connectTimeout, CancellationToken cancellationToken)
    {
        var options = new MigrationConnectionOptions();
        options = connectTimeout is { } limit ? options with { ConnectTimeout = limit } : options;
        DestinationVerdict verdict = await DestinationInquiry.AskAsync(
            stop => SourceConnection.OpenAsync(EndpointText.Parse(Destination), options, credentials, secret, _loggers, stop), MigrationId, commit, _original.KillAsync, cancellationToken).ConfigureAwait(false);
        return verdict == DestinationVerdict.NotKnown ? throw SettlementWords.NotKnown(Destination, MigrationId) : verdict;
    }
}
