using TorchSharp;
using TorchSharp.Modules;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>
/// The paper's model with its sizes: LSTMs of width 50 over written and accessed bits, a linear layer of width 50 over the system-level features, self-attention
/// with 2 heads over those tokens, and an output for each horizon. SSDP with system-level features, SDP without.
/// </summary>
/// <remarks>Deviation: the neighbours of the spatial window go through the same LSTM as the shares of them that were written, below and above.</remarks>
internal sealed class PaperModel : PageModel
{
    private const int Width = 50;
    private const int Heads = 2;
    private const int Window = 16;

    private readonly Scalar _scoreDivisor = Math.Sqrt(Width / Heads);
    private readonly bool _system;
    private readonly bool _neighbours;
    private readonly LSTM _dirty;
    private readonly LSTM _accessed;
    private readonly Linear _systemLayer;
    private readonly Linear _projection;
    private readonly Linear _mixture;
    private readonly Linear _output;

    public PaperModel(bool system, bool neighbours)
        : base((system, neighbours) switch { (true, true) => "ssdp", (false, true) => "sdp", (true, false) => "ssdp-alone", _ => "sdp-alone" })
    {
        _system = system;
        _neighbours = neighbours;
        _dirty = nn.LSTM(1, Width, batchFirst: true);
        _accessed = nn.LSTM(1, Width, batchFirst: true);
        _systemLayer = nn.Linear(RoundContext.SystemFeatures, Width);
        _projection = nn.Linear(Width, 3 * Width);
        _mixture = nn.Linear(Width, Width);
        _output = nn.Linear(Width * Tokens, PagePrediction.Horizons);
        RegisterComponents();
    }

    private int Tokens => 2 + (_neighbours ? 2 : 0) + (_system ? 1 : 0);

    /// <inheritdoc/>
    public override Tensor forward(ModelBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> tokens = [Last(_dirty, PageSequences.Dirty(batch, Window)), Last(_accessed, PageSequences.Other(batch, 0, Window))];
        if (_neighbours)
        {
            tokens.Add(Last(_dirty, PageSequences.Other(batch, 1, Window)));
            tokens.Add(Last(_dirty, PageSequences.Other(batch, 2, Window)));
        }

        if (_system)
        {
            tokens.Add(_systemLayer.call(batch.CommonSummary.narrow(1, RoundContext.SummaryFeatures - RoundContext.SystemFeatures, RoundContext.SystemFeatures)));
        }

        return _output.call(Attend(stack(tokens, 1)).reshape(-1, Width * Tokens)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override WeightSet Export(int settings, string description) =>
        new(Variant, settings, description, [.. named_parameters().Select(static pair => Copy(pair.name, pair.parameter))]);

    // Self-attention over the tokens, [B, tokens, Width]; by hand, since TorchSharp's own layer leaves tensors behind.
    private Tensor Attend(Tensor tokens)
    {
        Tensor projected = _projection.call(tokens).view(-1, Tokens, 3 * Heads, Width / Heads).transpose(1, 2);
        (Tensor query, Tensor key, Tensor value) = (projected.narrow(1, 0, Heads), projected.narrow(1, Heads, Heads), projected.narrow(1, 2 * Heads, Heads));
        Tensor scores = matmul(query, key.transpose(2, 3)) / _scoreDivisor;
        Tensor mixed = matmul(nn.functional.softmax(scores, 3), value).transpose(1, 2).reshape(-1, Tokens, Width);
        return _mixture.call(mixed);
    }

    private static Tensor Last(LSTM lstm, Tensor sequence)
    {
        (Tensor states, _, _) = lstm.call(sequence);
        return states.select(1, Window - 1);
    }
}
