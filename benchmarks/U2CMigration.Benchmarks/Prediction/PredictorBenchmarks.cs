using BenchmarkDotNet.Attributes;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.TwoPhase;

namespace U2CMigration.Benchmarks.Prediction;

/// <summary>
/// What a prediction for a million pages (4 GiB) costs, a twentieth of them unstable. The first phase is compared with copying the histories that it looks at: 8 MiB.
/// </summary>
public class PredictorBenchmarks
{
    private readonly byte[] _from = new byte[GigabyteHistories.Pages * 8];
    private readonly byte[] _to = new byte[GigabyteHistories.Pages * 8];
    private readonly ulong[] _stable = new ulong[PageHistories.ChunkWords];
    private readonly ulong[] _dirty = new ulong[PageHistories.ChunkWords];
    private readonly PagePrediction _prediction = new();
    private readonly DataShiftPredictor _first = new();
    private readonly TwoPhasePredictor _untrained = new();
    private readonly TwoPhasePredictor _twoPhase = new(new AttentionPredictor());
    private PageHistories _histories = null!;

    /// <summary>Fills the histories; every predictor has seen all samples.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _histories = GigabyteHistories.Create(1, histories =>
        {
            _first.Learn(histories);
            _untrained.Learn(histories);
            _twoPhase.Learn(histories);
        });
        _prediction.PrepareAll(_histories);
        _twoPhase.Predict(_histories, _prediction);
        Console.WriteLine($"unstable pages: {_twoPhase.UnstablePages} of {_prediction.CandidateCount}");
    }

    /// <summary>The bytes of the histories, copied.</summary>
    [Benchmark(Baseline = true)]
    public void MemoryCopy() => _from.CopyTo(_to, 0);

    /// <summary>The first phase's two answers for every page: stable, and written next.</summary>
    [Benchmark]
    public ulong FirstPhase()
    {
        ulong any = 0;
        for (int chunk = 1; chunk < _histories.ChunkCount; chunk++)
        {
            _first.FindStable(_histories, chunk, _stable);
            _first.FindDirty(_histories, chunk, _dirty);
            any |= _stable[0] ^ _dirty[0];
        }

        return any;
    }

    /// <summary>The first phase with three probabilities for every page.</summary>
    [Benchmark]
    public void FirstPhaseProbabilities() => _first.Predict(_histories, _prediction);

    /// <summary>Learning from a sample, first phase.</summary>
    [Benchmark]
    public void FirstPhaseLearning() => _first.Learn(_histories);

    /// <summary>Both phases without a model that was trained in advance.</summary>
    [Benchmark]
    public void TwoPhaseUntrained() => _untrained.Predict(_histories, _prediction);

    /// <summary>Both phases.</summary>
    [Benchmark]
    public void TwoPhase() => _twoPhase.Predict(_histories, _prediction);

    /// <summary>Learning from a sample, both phases.</summary>
    [Benchmark]
    public void TwoPhaseLearning() => _twoPhase.Learn(_histories);
}
