using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class DowntimeModelTests
{
    private static readonly TimeSpan[] Parts = StateCost.PartsOf(new StateInventory(Processes: 4, Threads: 9, Mappings: 400, Descriptors: 60, Sockets: 20, Connections: 5, SharedBytes: 4 << 20), 125e6);

    [Fact]
    public void Expect_NothingLearned_IsTheFirstGuess() => DowntimeModel.Untaught().Expect(Parts).Should().BeCloseTo(Sum(Parts), TimeSpan.FromMicroseconds(1));

    /// <summary>Hosts on which each kind of thing costs something else, noise of one tenth: what is expected is soon within a sixth, also of workloads that were never moved.</summary>
    [Fact]
    public void Learn_HostsWithOtherCosts_ForeseesThemOnWorkloadsItHasNotSeen()
    {
        foreach (int seed in Enumerable.Range(0, 20))
        {
            var random = new Random(seed);
            double[] costs = [.. Enumerable.Range(0, StateCost.PartCount).Select(_ => Math.Exp((random.NextDouble() - 0.5) * 1.6))];
            var model = DowntimeModel.Untaught();
            for (int i = 0; i < 40; i++)
            {
                TimeSpan[] parts = Workload(random);
                model.Learn(parts, Cost(parts, costs) * (0.9 + (0.2 * random.NextDouble())));
            }

            double[] errors = [.. Enumerable.Range(0, 101).Select(_ => Error(model, Workload(random), costs)).Order()];

            errors[50].Should().BeLessThan(0.15, "seed {0}", seed);
            errors[90].Should().BeLessThan(0.35, "seed {0}", seed);
        }
    }

    [Fact]
    public void Learn_OneWorkloadAgainAndAgain_IsKnownAfterThreeMoves()
    {
        var model = DowntimeModel.Untaught();
        for (int i = 0; i < 3; i++)
        {
            model.Learn(Parts, Sum(Parts) * 0.4);
        }

        (model.Expect(Parts) / Sum(Parts)).Should().BeInRange(0.3, 0.52);
    }

    /// <summary>A host that was out of breath once.</summary>
    [Fact]
    public void Learn_OneMoveOfAThousandTimes_IsForgotten()
    {
        var model = DowntimeModel.Untaught();
        for (int i = 0; i < 10; i++)
        {
            model.Learn(Parts, Sum(Parts));
        }

        model.Learn(Parts, Sum(Parts) * 1000);
        (model.Expect(Parts) / Sum(Parts)).Should().BeLessThan(2);
        for (int i = 0; i < 5; i++)
        {
            model.Learn(Parts, Sum(Parts));
        }

        (model.Expect(Parts) / Sum(Parts)).Should().BeInRange(0.8, 1.25);
    }

    /// <summary>The hosts became slower for good.</summary>
    [Fact]
    public void Learn_CostsChange_AreFollowed()
    {
        var model = DowntimeModel.Untaught();
        for (int i = 0; i < 100; i++)
        {
            model.Learn(Parts, Sum(Parts) * 0.5);
        }

        for (int i = 0; i < 10; i++)
        {
            model.Learn(Parts, Sum(Parts) * 1.5);
        }

        (model.Expect(Parts) / Sum(Parts)).Should().BeGreaterThan(1.2);
    }

    [Fact]
    public void Of_WhatNoModelWrites_KnowsNothing()
    {
        LearnedDowntime good = DowntimeModel.Untaught().Write(DateTimeOffset.UnixEpoch);
        LearnedDowntime[] bad =
        [
            good with { Factors = [1, 2] },
            good with { Covariance = [] },
            good with { Factors = [.. good.Factors.Skip(1), double.NaN] },
            good with { Factors = [.. good.Factors.Skip(1), -3] },
            good with { Covariance = [.. good.Covariance.Skip(1), double.PositiveInfinity] },
            good with { Factors = null! },
        ];

        bad.Should().OnlyContain(learned => DowntimeModel.Of(learned).Migrations == 0 && Math.Abs((DowntimeModel.Of(learned).Expect(Parts) / Sum(Parts)) - 1) < 1e-6);
    }

    private static TimeSpan[] Workload(Random random) => StateCost.PartsOf(
        new StateInventory(1 + random.Next(60), random.Next(100), 50 + random.Next(20_000), 10 + random.Next(5_000), random.Next(500), random.Next(200), (long)random.Next(64) << 20), 125e6);

    private static double Error(DowntimeModel model, TimeSpan[] parts, double[] costs) => Math.Abs((model.Expect(parts) / Cost(parts, costs)) - 1);

    private static TimeSpan Cost(TimeSpan[] parts, double[] costs) => Sum([.. parts.Zip(costs, static (part, cost) => part * cost)]);

    private static TimeSpan Sum(TimeSpan[] parts) => parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part);
}
