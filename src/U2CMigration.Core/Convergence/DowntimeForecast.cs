using System.Diagnostics;
using U2CMigration.Core.Progress;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Convergence;

/// <summary>What a stop would cost now: how fast the rest would be sent, and how long everything but private memory takes.</summary>
/// <param name="connection">What the rest would cross.</param>
/// <param name="preparing">The pace of reading and encoding.</param>
/// <param name="count">Counts what the tree holds.</param>
/// <param name="limit">The caller's limit, bytes per second; 0 for none.</param>
/// <param name="model">What was learned of the downtimes to that destination.</param>
/// <param name="notes">Hears what would take long.</param>
internal sealed class DowntimeForecast(MigrationConnection connection, PreparingPace preparing, Func<StateInventory> count, long limit, DowntimeModel model, MigrationNotes notes)
{
    /// <summary>Counting what a tree holds takes up to 50 ms where there is much of it, and it rarely changes by much.</summary>
    private static readonly TimeSpan CountedEvery = TimeSpan.FromSeconds(5);

    private const long MuchSharedBytes = 16 << 20;

    private StateInventory _state;
    private long _countedAt;
    private bool _warned;

    /// <summary>The bytes per second of the link, within the caller's limit; 0 while unknown.</summary>
    public double LinkBytesPerSecond { get; private set; }

    /// <summary>What copying everything owed takes at the very least.</summary>
    public TimeSpan LeastCopyTime { get; private set; }

    /// <summary>The first guess of each part of what is not copying, as it was last.</summary>
    public TimeSpan[] Parts { get; private set; } = new TimeSpan[StateCost.PartCount];

    /// <summary>Adds bandwidth and fixed downtime, as they are now, to what is observed.</summary>
    public RoundObservation Complete(RoundObservation observation)
    {
        if (_countedAt == 0 || Stopwatch.GetElapsedTime(_countedAt) > CountedEvery)
        {
            _state = count();
            _countedAt = Stopwatch.GetTimestamp();
        }

        SendingPace pace = Pace();
        LinkBytesPerSecond = pace.LinkBytes;
        LeastCopyTime = pace.LeastTimeFor(observation.Owed.PageCount, observation.OwedBytes);

        double imagePace = ImagePace(connection.CapacityBytesPerSecond, limit);
        Parts = StateCost.PartsOf(_state, imagePace);
        Warn(imagePace, observation.Round);
        return observation with
        {
            BandwidthBytesPerSecond = pace.BytesPerSecondFor(observation.Owed.PageCount, observation.OwedBytes),
            FixedDowntime = model.Expect(Parts),
        };
    }

    /// <summary>How fast images cross, bytes per second; 0 while unknown. They are large: what pages of a few bytes each took to cross says nothing about them.</summary>
    /// <param name="capacity">What the link carries; 0 while it was never what was waited for, so that it is faster than all that was asked of it.</param>
    /// <param name="limit">The caller's limit; 0 for none.</param>
    internal static double ImagePace(double capacity, double limit) => limit > 0 && (capacity > limit || capacity == 0) ? limit : capacity;

    /// <summary>How long sending everything owed would take now, with what was written since the last look at the same pace as before it.</summary>
    /// <param name="observation">What is owed.</param>
    /// <param name="sinceLook">The time since the last look.</param>
    public TimeSpan CopyTimeNow(RoundObservation observation, TimeSpan sinceLook)
    {
        double written = observation.Round > 0 && observation.Interval > TimeSpan.Zero ? observation.ArrivedPages * (sinceLook / observation.Interval) : 0;
        return Pace().TimeFor(observation.Owed.PageCount + (long)written, observation.OwedBytes + (written * observation.Costs.AgainBytes));
    }

    private SendingPace Pace() => SendingPace.Of(connection, preparing, limit);

    /// <summary>Once; where there is much shared memory, when it is known how fast it will cross the link, or by the time at which the first round is over.</summary>
    private void Warn(double bytesPerSecond, int round)
    {
        if ((bytesPerSecond > 0 || round > 0 || _state.SharedBytes < MuchSharedBytes) && !_warned)
        {
            _warned = true;
            if (StateCost.Warning(_state, bytesPerSecond, model) is { } warning)
            {
                notes.Warn(warning);
            }
        }
    }
}
