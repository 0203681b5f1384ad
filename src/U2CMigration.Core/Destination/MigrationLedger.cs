using System.Collections.Concurrent;
using System.Globalization;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Remembers what became of each migration, so that a source that lost the connection can ask. One small file each in the work directory, which lies on
/// a tmpfs: it outlives this program but not a reboot, just like the restored processes do. So "unknown" really means "does not run here".
/// </summary>
internal sealed class MigrationLedger(string directory)
{
    private const string Extension = ".state";

    private static readonly TimeSpan KeepGivenUp = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _questions = [];

    /// <summary>Records a state. The process is named from the moment it exists.</summary>
    public void Record(Guid migrationId, MigrationState state, int rootProcessId = 0)
    {
        ulong startTime = rootProcessId != 0 && ProcessTree.TryReadStat(rootProcessId, out ProcessStat stat) ? stat.StartTimeTicks : 0;
        string path = PathOf(migrationId);
        string text = string.Create(CultureInfo.InvariantCulture, $"{state} {rootProcessId} {startTime}\n");
        lock (_lock)
        {
            // Renamed into place: a reader never sees half a line, also after a crash of this program.
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    /// <summary>
    /// Removes records that are of no use any more: of a migration that was given up, since not knowing it means the same to its source, and of one whose workload has ended, after
    /// a week in which its source has not asked.
    /// </summary>
    public void RemoveOld()
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            try
            {
                TimeSpan age = now - File.GetLastWriteTimeUtc(path);
                string[] fields = File.ReadAllText(path).Split(' ');
                bool isGivenUp = fields[0] == nameof(MigrationState.Aborted) && age > KeepGivenUp;
                if (isGivenUp || age > KeepEnded && fields.Length == 3 && !IsAlive(fields))
                {
                    File.Delete(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                // Another receiver has removed it, or it is not one of these.
            }
        }
    }

    /// <summary>What is known of a migration.</summary>
    /// <param name="migrationId">The migration.</param>
    /// <param name="isLive">Whether this program is working on it now; otherwise an unfinished state is a left-over of a crash.</param>
    public MigrationState Look(Guid migrationId, bool isLive)
    {
        string text;
        lock (_lock)
        {
            string path = PathOf(migrationId);
            if (!File.Exists(path))
            {
                return MigrationState.Unknown;
            }

            text = File.ReadAllText(path);
        }

        string[] fields = text.Split(' ');
        MigrationState state = Enum.Parse<MigrationState>(fields[0]);
        if (isLive || state is MigrationState.Resumed or MigrationState.Aborted)
        {
            return state;
        }

        // After a crash: committed and alive means that the last step was reached before it.
        return state == MigrationState.Committed && IsAlive(fields) ? MigrationState.Resumed : MigrationState.Aborted;
    }

    /// <summary>Notes that the source of a migration has had its answer.</summary>
    public void NoteAnswered(Guid migrationId) => QuestionAbout(migrationId).TrySetResult();

    /// <summary>Waits until the source of a migration has had its answer.</summary>
    public Task WaitForQuestionAsync(Guid migrationId, CancellationToken cancellationToken) => QuestionAbout(migrationId).Task.WaitAsync(cancellationToken);

    private static bool IsAlive(string[] fields)
    {
        int processId = int.Parse(fields[1], CultureInfo.InvariantCulture);
        ulong startTime = ulong.Parse(fields[2], CultureInfo.InvariantCulture);
        return processId != 0 && ProcessTree.TryReadStat(processId, out ProcessStat stat) && !stat.HasEnded && stat.StartTimeTicks == startTime;
    }

    private TaskCompletionSource QuestionAbout(Guid migrationId) =>
        _questions.GetOrAdd(migrationId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private string PathOf(Guid migrationId) => Path.Combine(directory, migrationId.ToString("N") + Extension);
}
