namespace U2CMigration.Core.Convergence;

/// <summary>
/// What a freeze takes without private memory: a sum of parts (<see cref="StateCost"/>), each times a factor. Factors begin at one and are learned from what migrations took: recursive least squares with a prior, in
/// which an observation moves those factors most whose parts were large and that are least certain. So a pair of hosts is known after a few moves, and what has never been seen stays at the first guess.
/// </summary>
internal sealed class DowntimeModel
{
    /// <summary>How far a factor may be from one before anything is known, as a standard deviation.</summary>
    private const double PriorSpread = 0.6;

    /// <summary>By how much downtimes of the same workload differ from move to move.</summary>
    private const double RelativeNoise = 0.15;

    private const double LeastNoiseMilliseconds = 4;

    /// <summary>How far factors may drift between two migrations: hosts become busy and idle again.</summary>
    private const double Drift = 0.1;

    /// <summary>A host that was out of breath once is no reason to expect that from now on.</summary>
    private const double MostSurprise = 3;

    private const double LeastFactor = 0.05;
    private const double MostFactor = 20;

    private readonly double[] _factors;
    private readonly double[] _covariance;

    private DowntimeModel(double[] factors, double[] covariance, int migrations) => (_factors, _covariance, Migrations) = (factors, covariance, migrations);

    /// <summary>How many migrations it has learned from.</summary>
    public int Migrations { get; private set; }

    /// <summary>One that knows nothing yet.</summary>
    public static DowntimeModel Untaught() => Untaught([.. Enumerable.Repeat(1.0, StateCost.PartCount)], PriorSpread);

    /// <summary>One for other hosts, which are likely to be like these.</summary>
    public DowntimeModel AsFirstGuess() => Untaught([.. _factors], PriorSpread / 2);

    /// <summary>One as it was written down; one that knows nothing where that is not what such a model writes.</summary>
    public static DowntimeModel Of(LearnedDowntime learned) =>
        learned is { Factors.Length: StateCost.PartCount, Covariance.Length: StateCost.PartCount * StateCost.PartCount } && learned.Factors.All(static factor => factor is >= LeastFactor and <= MostFactor) &&
        learned.Covariance.All(double.IsFinite) && Enumerable.Range(0, StateCost.PartCount).All(i => learned.Covariance[Diagonal(i)] >= 0)
            ? new DowntimeModel([.. learned.Factors], [.. learned.Covariance], learned.Migrations)
            : Untaught();

    /// <summary>What is to be written down.</summary>
    public LearnedDowntime Write(DateTimeOffset now) => new([.. _factors], [.. _covariance], Migrations, now);

    public double FactorOf(int part) => _factors[part];

    /// <summary>The expected downtime of a tree, without its private memory.</summary>
    /// <param name="parts">What the first guess is of each part.</param>
    public TimeSpan Expect(ReadOnlySpan<TimeSpan> parts)
    {
        double sum = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            sum += parts[i].TotalMilliseconds * _factors[i];
        }

        return TimeSpan.FromMilliseconds(sum);
    }

    /// <summary>Learns from a migration.</summary>
    /// <param name="parts">What the first guess was of each part.</param>
    /// <param name="taken">What it took.</param>
    public void Learn(ReadOnlySpan<TimeSpan> parts, TimeSpan taken)
    {
        double expected = Expect(parts).TotalMilliseconds;
        double seen = Math.Clamp(taken.TotalMilliseconds, expected / MostSurprise, expected * MostSurprise);
        Span<double> gain = stackalloc double[StateCost.PartCount];
        double noise = Math.Max(RelativeNoise * seen, LeastNoiseMilliseconds);
        double variance = noise * noise;
        for (int i = 0; i < gain.Length; i++)
        {
            _covariance[Diagonal(i)] = Math.Min(_covariance[Diagonal(i)] + (Drift * Drift), PriorSpread * PriorSpread);
        }

        for (int i = 0; i < gain.Length; i++)
        {
            for (int j = 0; j < gain.Length; j++)
            {
                gain[i] += _covariance[(i * StateCost.PartCount) + j] * parts[j].TotalMilliseconds;
            }

            variance += gain[i] * parts[i].TotalMilliseconds;
        }

        for (int i = 0; i < gain.Length; i++)
        {
            _factors[i] = Math.Clamp(_factors[i] + (gain[i] / variance * (seen - expected)), LeastFactor, MostFactor);
            for (int j = 0; j < gain.Length; j++)
            {
                _covariance[(i * StateCost.PartCount) + j] -= gain[i] * gain[j] / variance;
            }
        }

        Migrations++;
    }

    private static DowntimeModel Untaught(double[] factors, double spread)
    {
        var covariance = new double[StateCost.PartCount * StateCost.PartCount];
        for (int i = 0; i < StateCost.PartCount; i++)
        {
            covariance[Diagonal(i)] = spread * spread;
        }

        return new DowntimeModel(factors, covariance, migrations: 0);
    }

    private static int Diagonal(int i) => i * (StateCost.PartCount + 1);
}
