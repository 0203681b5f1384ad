using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Torch.Models;
using U2CMigration.Prediction.Torch.Training;

namespace U2CMigration.Prediction.Torch.Comparison;

/// <summary>A model with some of its inputs taken away.</summary>
internal sealed record ModelVariant(string Name, InputSelection Selection, Func<TrainingOptions, PageModel> Create)
{
    /// <summary>All of them: the shipped model and what is left of it without each kind of input, the paper's, the LSTM.</summary>
    public static IReadOnlyList<ModelVariant> All { get; } =
    [
        new("attention", InputSelection.All, static options => new AttentionModel(options.CommonDropout)),
        new("attention without system features", InputSelection.All & ~InputSelection.System, static options => new AttentionModel(options.CommonDropout)),
        new("attention without neighbours", InputSelection.All & ~InputSelection.Neighbours, static options => new AttentionModel(options.CommonDropout)),
        new("attention without the container's past", InputSelection.All & ~InputSelection.Container, static options => new AttentionModel(options.CommonDropout)),
        new("attention, own bits only", InputSelection.OwnBits, static options => new AttentionModel(options.CommonDropout)),
        new("paper (SSDP)", InputSelection.All, static _ => new PaperModel(system: true, neighbours: true)),
        new("paper without system features (SDP)", InputSelection.All, static _ => new PaperModel(system: false, neighbours: true)),
        new("paper without neighbours", InputSelection.All, static _ => new PaperModel(system: true, neighbours: false)),
        new("lstm", InputSelection.OwnBits, static _ => new LstmModel()),
    ];
}
