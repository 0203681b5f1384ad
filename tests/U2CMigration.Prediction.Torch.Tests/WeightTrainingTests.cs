using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Torch.Imagined;
using U2CMigration.Prediction.Torch.Training;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class WeightTrainingTests
{
    private static readonly TrainingOptions Short = new() { Epochs = 1 };

    [Fact]
    public void Train_OneFamilyLeftOut_SaysSoAndGivesWeightsThatPredict()
    {
        TrainingSet set = new();
        set.Add(Trace("one", 1));
        set.Add(Trace("two", 2));

        WeightSet weights = WeightTraining.Train("attention", set, "two", Short, null, TestContext.Current.CancellationToken);

        set.Families.Should().Equal("one", "two");
        weights.Description.Should().Contain("one").And.NotContain("two");
        Action use = () => _ = new AttentionPredictor(weights);
        use.Should().NotThrow();
    }

    [Fact]
    public void Train_NothingLeft_SaysWhatIsMissing()
    {
        TrainingSet set = new();
        set.Add(Trace("one", 1));
        Action train = () => WeightTraining.Train("lstm", set, "one", Short);

        train.Should().Throw<ArgumentException>().WithMessage("*without family 'one'*");
    }

    [Fact]
    public void Train_Checkpoint_IsAReadableWeightFile()
    {
        TrainingSet set = new();
        set.Add(Trace("one", 1));
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            WeightSet weights = WeightTraining.Train("lstm", set, null, Short with { CheckpointFile = file }, null, TestContext.Current.CancellationToken);
            using FileStream stream = File.OpenRead(file);

            WeightFile.Read(stream).Should().BeEquivalentTo(weights);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ImaginedContainers_SameSeed_AreTheSame_AndOthersDiffer()
    {
        long[] first = [.. ImaginedContainer.Observe(1).Select(static sample => sample.Dirty.PageCount)];

        ImaginedContainer.Observe(1).Select(static sample => sample.Dirty.PageCount).Should().Equal(first);
        ImaginedContainer.Observe(2).Select(static sample => sample.Dirty.PageCount).Should().NotEqual(first);
    }

    // A container of the imagined kind stands for a recorded trace.
    private static PageTrace Trace(string family, int seed) => new(
        new TraceHeader
        {
            Family = family,
            Workload = family,
            Load = "medium",
            Interval = TimeSpan.FromMilliseconds(250),
            RecordedAt = DateTimeOffset.UnixEpoch,
            Kernel = "none",
            Tracker = "none",
        },
        [.. ImaginedContainer.Observe(seed).Take(25)]);
}
