using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Records;
using U2CMigration.Core.Results;
using U2CMigration.Core.Settlement;
using U2CMigration.Core.Source;
using U2CMigration.Core.WorkDirectories;

namespace U2CMigration.Core.Sessions;

/// <summary>Moves one running process tree from this host to another. The other host runs a <see cref="Receiving.MigrationReceiver"/>.</summary>
/// <remarks>
/// One session is one migration. Until the commit point every failure and every cancellation leaves the workload running here as it was, and nothing
/// on the destination. Behind it the destination has the workload, or the session is in doubt and waits for <see cref="ResolveAsync"/>: two
/// copies never run and one always exists.
/// </remarks>
/// <example>
/// <code>
/// await using var session = MigrationSession.Create(
///     MigrationTarget.Process(pid),
///     new MigrationSessionOptions { Destination = new DnsEndPoint("host-b", 9410) });
/// MigrationResult moved = await session.RunAsync(progress, cancellationToken);
/// Console.WriteLine($"{moved.Downtime.TotalMilliseconds} ms down, {moved.WireBytes} bytes");
/// </code>
/// </example>
public sealed class MigrationSession : IAsyncDisposable
{
    private readonly MigrationTarget _target;
    private readonly MigrationSessionOptions _options;
    private readonly ILoggerFactory _loggers;
    private ProgressReporter? _progress;
    private SourceMigration? _migration;

    private MigrationSession(MigrationTarget target, MigrationSessionOptions options, ILoggerFactory loggers)
    {
        _target = target;
        _options = options;
        _loggers = loggers;
    }

    /// <summary>The identity of the migration, the same on both hosts.</summary>
    public Guid MigrationId { get; } = Guid.NewGuid();

    /// <summary>Where the migration stands. Readable from any thread.</summary>
    public MigrationPhase Phase => _progress?.Phase ?? MigrationPhase.Created;

    /// <summary>Creates a session; nothing is touched yet.</summary>
    /// <param name="target">What to move.</param>
    /// <param name="options">Where to, and how.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names all that are.</exception>
    public static MigrationSession Create(MigrationTarget target, MigrationSessionOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new MigrationSession(target, options, loggers ?? NullLoggerFactory.Instance);
    }

    /// <summary>Finds migrations from this host whose program ended after the commit and before it knew the outcome: their workloads are frozen until they are settled. Removes the images that programs which ended have left.</summary>
    /// <param name="workDirectory">The work directory of the sessions; <see cref="MigrationSessionOptions.WorkDirectory"/> by default.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    /// <returns>Those on which no program is working now.</returns>
    /// <exception cref="IOException">The work directory cannot be read.</exception>
    public static IReadOnlyList<InterruptedMigration> FindInterrupted(string? workDirectory = null, ILoggerFactory? loggers = null)
    {
        string directory = workDirectory ?? MigrationSessionOptions.DefaultWorkDirectory;
        var journal = new JournalFiles(directory);
        if (Directory.Exists(directory))
        {
            ClaimedDirectory.RemoveAbandoned(directory);
        }

        var found = new List<InterruptedMigration>();
        foreach (Committing.JournalEntry entry in journal.Read())
        {
            if (journal.TryClaim(entry.MigrationId) is { } claim)
            {
                claim.Dispose();
                found.Add(new InterruptedMigration(entry, directory, loggers));
            }
        }

        return found;
    }

    /// <summary>Does all that a migration does before it touches the workload: looks for what cannot come along, and asks the destination. Can be called before <see cref="RunAsync"/>, and more than once.</summary>
    /// <param name="askDestination">Whether the destination is asked whether it would take the workload; nothing is created there. Without it only this host is looked at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, also where the migration would be refused.</returns>
    public async Task<MigrationCheck> CheckAsync(bool askDestination = true, CancellationToken cancellationToken = default)
    {
        MigrationTarget target = await _target.DescribeAsync(cancellationToken).ConfigureAwait(false);
        var progress = new ProgressReporter(null, _loggers.CreateLogger("U2CMigration.Session"));
        return await SourceCheck.RunAsync(new SourceContext(Guid.NewGuid(), target, _options, progress, _loggers), askDestination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Migrates. Can be called once.</summary>
    /// <param name="progress">Receives snapshots; see <see cref="MigrationProgress"/> for when.</param>
    /// <param name="cancellationToken">Until the commit point: ends the migration and leaves the workload running here. Ignored after it.</param>
    /// <returns>The report, once the workload runs on the destination and the source copy is gone.</returns>
    /// <exception cref="MigrationPreflightException">It cannot work; nothing was touched.</exception>
    /// <exception cref="MigrationException">It failed; the exception says what became of the workload and whether a retry makes sense.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the workload runs here as before.</exception>
    /// <exception cref="InvalidOperationException">The session was run before.</exception>
    public async Task<MigrationResult> RunAsync(IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (_migration is not null)
        {
            throw new InvalidOperationException("A session is one migration; create another one to try again.");
        }

        _progress = new ProgressReporter(progress, _loggers.CreateLogger("U2CMigration.Session"));
        MigrationTarget target = await _target.DescribeAsync(cancellationToken).ConfigureAwait(false);
        _migration = new SourceMigration(new SourceContext(MigrationId, target, _options, _progress, _loggers));
        try
        {
            return await _migration.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!_migration.IsInDoubt)
            {
                await _migration.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Settles a migration in doubt: asks the destination what became of it, and removes or thaws the frozen copy accordingly.</summary>
    /// <param name="cancellationToken">Ends the attempt; it can be repeated.</param>
    /// <exception cref="InvalidOperationException">The migration is not in doubt.</exception>
    /// <exception cref="Transport.TransportException">The destination cannot be asked now; the workload stays frozen, try again.</exception>
    public async Task<MigrationSettlement> ResolveAsync(CancellationToken cancellationToken = default)
    {
        if (_migration is not { IsInDoubt: true })
        {
            throw new InvalidOperationException($"The migration is not in doubt (phase {Phase}); there is nothing to settle.");
        }

        MigrationSettlement settlement = await _migration.ResolveAsync(cancellationToken).ConfigureAwait(false);
        await _migration.DisposeAsync().ConfigureAwait(false);
        return settlement;
    }

    /// <summary>Gives up what is held. A migration in doubt is not settled by this: its workload stays frozen, and that is logged.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_migration is { IsInDoubt: true })
        {
            _loggers.CreateLogger("U2CMigration.Session").LeftInDoubt(MigrationId);
            return;
        }

        if (_migration is not null)
        {
            await _migration.DisposeAsync().ConfigureAwait(false);
        }
    }
}
