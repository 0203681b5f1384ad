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

    private readonly bool _system;
    private readonly bool _neighbours;
    private readonly LSTM _dirty;
    private readonly LSTM _accessed;
    private readonly Linear _systemLayer;
    private readonly MultiheadAttention _attention;
    private readonly Linear _output;

    public PaperModel(bool system, bool neighbours)
        : base((system, neighbours) switch { (true, true) => "ssdp", (false, true) => "sdp", (true, false) => "ssdp-alone", _ => "sdp-alone" })
    {
        _system = system;
        _neighbours = neighbours;
        _dirty = nn.LSTM(1, Width, batchFirst: true);
        _accessed = nn.LSTM(1, Width, batchFirst: true);
        _systemLayer = nn.Linear(RoundContext.SystemFeatures, Width);
        _attention = nn.MultiheadAttention(Width, Heads);
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

        // [tokens, B, Width], as the layer wants it.
        Tensor sequence = stack(tokens, 0);
        (Tensor attended, _) = _attention.call(sequence, sequence, sequence, null, false, null);
        return _output.call(attended.transpose(0, 1).reshape(-1, Width * Tokens)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override WeightSet Export(int settings, string description) =>
        new(Variant, settings, description, [.. named_parameters().Select(static pair => Copy(pair.name, pair.parameter))]);

    private static Tensor Last(LSTM lstm, Tensor sequence)
    {
        (Tensor states, _, _) = lstm.call(sequence);
        return states.select(1, Window - 1);
    }
}
