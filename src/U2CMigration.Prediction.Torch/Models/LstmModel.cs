using TorchSharp;
using TorchSharp.Modules;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Recurrent;
using U2CMigration.Prediction.Torch.Examples;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>The LSTM over the page's own written bits, oldest first.</summary>
internal sealed class LstmModel : PageModel
{
    private readonly LSTM _lstm;
    private readonly Linear _output;

    public LstmModel()
        : base(LstmShape.Model)
    {
        _lstm = nn.LSTM(1, LstmShape.Hidden, batchFirst: true);
        _output = nn.Linear(LstmShape.Hidden, PagePrediction.Horizons);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(ModelBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bits = PageSequences.Dirty(batch, LstmInput.Window);
        (Tensor states, _, _) = _lstm.call(bits);
        return _output.call(states.select(1, LstmInput.Window - 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override WeightSet Export(int settings, string description)
    {
        Dictionary<string, Parameter> weights = _lstm.named_parameters().ToDictionary(static pair => pair.name, static pair => pair.parameter);
        using Tensor input = weights["weight_ih_l0"].squeeze(1);
        using Tensor bias = weights["bias_ih_l0"].add(weights["bias_hh_l0"], One);
        return new WeightSet(LstmShape.Model, settings, description,
        [
            Copy("gates.input", input),
            Copy("gates.state", weights["weight_hh_l0"]),
            Copy("gates.bias", bias),
            Copy("output.weight", _output.weight),
            Copy("output.bias", _output.bias!),
        ]);
    }
}
