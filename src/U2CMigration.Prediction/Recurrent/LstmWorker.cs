using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Recurrent;

/// <summary>Predicts with the LSTM, oldest sample first, 16 pages at once. One for each thread.</summary>
internal sealed class LstmWorker(LstmNetwork network) : NetworkWorker<LstmInput>
{
    private const int Hidden = LstmShape.Hidden;

    private readonly ulong[] _words = new ulong[PageHistories.ChunkPages];
    private readonly Vector512<float>[] _gates = new Vector512<float>[LstmShape.Gates];
    private readonly Vector512<float>[] _state = new Vector512<float>[Hidden];
    private readonly Vector512<float>[] _cell = new Vector512<float>[Hidden];
    private readonly Vector512<float>[] _logits = new Vector512<float>[PagePrediction.Horizons];

    /// <inheritdoc/>
    protected override void Open(BlockView block) => block.Words.CopyTo(_words);

    /// <inheritdoc/>
    protected override void Read(int page, out LstmInput input) => input = new LstmInput((uint)_words[page]);

    /// <inheritdoc/>
    protected internal override ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<LstmInput> inputs)
    {
        Vector512<uint> words = Vector512.Create(MemoryMarshal.Cast<LstmInput, uint>(inputs));
        Array.Clear(_state);
        Array.Clear(_cell);
        for (int age = LstmInput.Window - 1; age >= 0; age--)
        {
            Step(Vector512.ConvertToSingle((words >> age) & Vector512<uint>.One));
        }

        for (int i = 0; i < _logits.Length; i++)
        {
            _logits[i] = Vector512.Create(network.OutputBias[i]);
        }

        network.Output.AddTo(_state, _logits);
        return _logits;
    }

    private void Step(Vector512<float> dirty)
    {
        for (int i = 0; i < LstmShape.Gates; i++)
        {
            _gates[i] = Vector512.FusedMultiplyAdd(dirty, Vector512.Create(network.Input[i]), Vector512.Create(network.Bias[i]));
        }

        network.State.AddTo(_state, _gates);
        for (int i = 0; i < Hidden; i++)
        {
            Vector512<float> kept = Sigmoid(_gates[Hidden + i]) * _cell[i];
            _cell[i] = Vector512.FusedMultiplyAdd(Sigmoid(_gates[i]), HyperbolicTangent(_gates[(2 * Hidden) + i]), kept);
            _state[i] = Sigmoid(_gates[(3 * Hidden) + i]) * HyperbolicTangent(_cell[i]);
        }
    }

    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + VectorExponential.Of(-x));

    private static Vector512<float> HyperbolicTangent(Vector512<float> x) => (Sigmoid(x + x) * 2f) - Vector512<float>.One;
}
