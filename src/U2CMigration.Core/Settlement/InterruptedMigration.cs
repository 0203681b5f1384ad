using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Records;
using U2CMigration.Core.Settlement;
using U2CMigration.Core.Source;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Transport;

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
    /// <param name="options">Who decides, and how the destination is asked; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt; it can be repeated.</param>
    /// <exception cref="TransportException">The destination cannot be asked now; the workload stays frozen, try again.</exception>
    /// <exception cref="MigrationException">Another receiver answers than the one that took the workload; it stays frozen.</exception>
    /// <exception cref="InvalidOperationException">Another program is working on it.</exception>
    /// <exception cref="IOException">The frozen tree does not end, or the journal cannot be written.</exception>
    /// <exception cref="ArgumentException">An option is out of range; the message names all that are.</exception>
    public async Task<MigrationSettlement> ResolveAsync(SettlementOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SettlementOptions();
        using IDisposable claim = _journal.TryClaim(MigrationId) ?? throw new InvalidOperationException($"Another program is working on migration {MigrationId}; wait for it to end.");
        SourceCommit commit = SourceCommit.Continue(_journal, _entry, _original);
        DestinationVerdict verdict = options.Choice switch
        {
            SettlementChoice.AskDestination => await AskAsync(commit, options, cancellationToken).ConfigureAwait(false),
            SettlementChoice.KeepSource => DestinationVerdict.DoesNotRun,
            SettlementChoice.DropSource => DestinationVerdict.Runs,
            _ => throw new ArgumentException($"{nameof(options.Choice)} is {options.Choice}; use {nameof(SettlementChoice.AskDestination)}, {nameof(SettlementChoice.KeepSource)} or {nameof(SettlementChoice.DropSource)}.", nameof(options)),
        };
        await commit.SettleAsync(verdict).ConfigureAwait(false);
        ClaimedDirectory.RemoveAbandoned(_workDirectory);
        MigrationSettlement settlement = verdict == DestinationVerdict.Runs ? MigrationSettlement.Moved : MigrationSettlement.RolledBack;
        _loggers.CreateLogger("U2CMigration.Session").InterruptionSettled(MigrationId, settlement);
        return settlement;
    }

    private async Task<DestinationVerdict> AskAsync(SourceCommit commit, SettlementOptions options, CancellationToken cancellationToken)
    {
        var session = new MigrationSessionOptions
        {
            Destination = EndpointText.Parse(Destination),
            Credentials = options.Credentials,
            AllowedPeers = options.AllowedPeers,
            Secret = options.Secret,
            AllowUnauthenticated = options.AllowUnauthenticated,
            ConnectTimeout = options.ConnectTimeout,
        };
        session.Validate();
        DestinationVerdict verdict = await DestinationInquiry.AskAsync(
            stop => SourceConnection.OpenAsync(session, _loggers, stop), MigrationId, commit, _original.KillAsync, cancellationToken).ConfigureAwait(false);
        return verdict == DestinationVerdict.NotKnown ? throw SettlementWords.NotKnown(Destination, MigrationId) : verdict;
    }
}
