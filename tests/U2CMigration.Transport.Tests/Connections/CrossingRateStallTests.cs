using CsCheck;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

/// <summary>
/// A link of one speed, whose ends are held up at any moment: at every reading of the clock, before and after it; while reading pages; and between the arrival of
/// acknowledgements and the look at them, so that every prefix of them is delayed at some time and delivered at once.
/// </summary>
public sealed class CrossingRateStallTests
{
    private const int Steps = 600;
    private const int BatchBytes = 100_000;
    private const int BatchPages = 25;

    /// <summary>What is in buffers between the two ends, batches.</summary>
    private const int MostUnderWay = 12;

    private static readonly Gen<(int Seed, double BytesPerSecond, double StallSeconds)> Schedules =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Double[4, 10].Select(exponent => Math.Pow(10, exponent)), Gen.Double[-4, 1].Select(exponent => Math.Pow(10, exponent)));

    [Fact]
    public void PerSecond_StallsAnywhere_IsNeverAboveWhatTheLinkCarries() => Schedules.Sample(
        schedule =>
        {
            var simulation = new Simulation(schedule.Seed, schedule.BytesPerSecond, schedule.StallSeconds);
            for (int i = 0; i < Steps; i++)
            {
                simulation.Step();
                (double link, double achieved) = simulation.Estimates();
                if (link > schedule.BytesPerSecond * 1.000001 || achieved > schedule.BytesPerSecond * 1.000001)
                {
                    throw new InvalidOperationException($"after step {i}: link {link}, achieved {achieved} of {schedule.BytesPerSecond}");
                }
            }
        },
        iter: 2000);

    /// <summary>A truthful observer who stands at the destination and knows when somebody was preparing would not come to more, either.</summary>
    [Fact]
    public void PerSecond_SlowReader_IsNeverAboveWhatWasAchieved() => Schedules.Sample(
        schedule =>
        {
            var simulation = new Simulation(schedule.Seed, 1e12, schedule.StallSeconds) { PreparationSeconds = BatchBytes / schedule.BytesPerSecond };
            for (int i = 0; i < Steps; i++)
            {
                simulation.Step();
                double achieved = simulation.Estimates().Achieved;
                if (achieved > schedule.BytesPerSecond * 1.000001)
                {
                    throw new InvalidOperationException($"after step {i}: achieved {achieved} of {schedule.BytesPerSecond}");
                }
            }
        },
        iter: 1000);

    [Theory]
    [InlineData(1e6)]
    [InlineData(1e7)]
    [InlineData(1e9)]
    public void PerSecond_NoStalls_IsNotFarBelow(double bytesPerSecond)
    {
        var simulation = new Simulation(1, bytesPerSecond, 0);
        while (simulation.Seconds < 3)
        {
            simulation.Step();
        }

        // What is under way when the window begins is left out.
        simulation.Estimates().Link.Should().BeGreaterThan(bytesPerSecond * (1 - (MostUnderWay * BatchBytes / bytesPerSecond / CrossingRate.WindowSeconds) - 0.05));
    }

    /// <summary>Source, link and destination with one clock, in seconds.</summary>
    private sealed class Simulation : TimeProvider
    {
        private readonly Random _random;
        private readonly double _bytesPerSecond;
        private readonly double _stallSeconds;
        private readonly CrossingRate _link;
        private readonly CrossingRate _achieved;
        private readonly Queue<double> _arrivals = [];
        private long _looked;
        private double _linkFree;

        public Simulation(int seed, double bytesPerSecond, double stallSeconds)
        {
            (_random, _bytesPerSecond, _stallSeconds) = (new Random(seed), bytesPerSecond, stallSeconds);
            _link = new CrossingRate(this);
            _achieved = new CrossingRate(this);
        }

        public double PreparationSeconds { get; init; }

        public double Seconds { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp()
        {
            Stall();
            long now = (long)(Seconds * TimestampFrequency);
            Stall();
            return now;
        }

        public (double Link, double Achieved) Estimates() => (_link.PerSecond.BytesPerSecond, _achieved.PerSecond.BytesPerSecond);

        public void Step()
        {
            int choice = _stallSeconds == 0 ? _random.Next(2) : _random.Next(8);
            if (choice < 4 && _arrivals.Count < MostUnderWay)
            {
                Send();
            }
            else if (choice < 7)
            {
                if (_arrivals.TryPeek(out double next) && next > Seconds)
                {
                    Seconds = next;
                }

                Look();
            }
            else
            {
                Seconds += _random.NextDouble() * _stallSeconds;
            }
        }

        private void Send()
        {
            _achieved.Begin();
            Seconds += PreparationSeconds;
            Stall();
            _link.OnSending(BatchBytes, BatchPages);
            _achieved.OnSending(BatchBytes, BatchPages);
            Stall();
            _linkFree = Math.Max(_linkFree, Seconds) + (BatchBytes / _bytesPerSecond);
            _arrivals.Enqueue(_linkFree);
            _achieved.End();
        }

        /// <summary>Takes some of the acknowledgements that have come, one after the other.</summary>
        private void Look()
        {
            int most = _stallSeconds == 0 ? MostUnderWay : _random.Next(1, MostUnderWay + 1);
            for (int i = 0; i < most && _arrivals.TryPeek(out double arrival) && arrival <= Seconds; i++)
            {
                _arrivals.Dequeue();
                _looked += BatchBytes;
                _link.OnAcknowledged(_looked).Should().BeTrue();
                _achieved.OnAcknowledged(_looked).Should().BeTrue();
            }
        }

        private void Stall()
        {
            if (_stallSeconds > 0 && _random.Next(16) == 0)
            {
                Seconds += _random.NextDouble() * _stallSeconds;
            }
        }
    }
}
