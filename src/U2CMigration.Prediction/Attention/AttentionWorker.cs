using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>Predicts with the attention model. One for each thread.</summary>
internal sealed class AttentionWorker(AttentionNetwork network, RoundContext round, RoundBiases biases) : NetworkWorker<PageInput>
{
    private readonly InputReader _reader = new(network.Selection);
    private readonly AttentionPass _pass = new(network);

    /// <inheritdoc/>
    protected override void Open(BlockView block) => _reader.Open(block);

    /// <inheritdoc/>
    protected override void Read(int page, out PageInput input) => _reader.Read(page, out input);

    /// <inheritdoc/>
    protected internal override ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<PageInput> inputs) => _pass.Run(inputs, round, biases);
}
