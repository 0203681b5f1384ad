using System.CommandLine;
using U2CMigration.Transport.Codec;

namespace MigrationAgent;

/// <summary><c>--codec</c>: how pages travel.</summary>
public static class CodecOption
{
    private const string ByStrategy = "by-strategy";

    private static readonly Dictionary<string, PageCodecOptions> Choices = new()
    {
        [ByStrategy] = new PageCodecOptions(),
        ["off"] = new PageCodecOptions { Mode = PageCodecMode.Off },
        ["auto"] = new PageCodecOptions { Mode = PageCodecMode.Auto },
        ["no-deltas"] = new PageCodecOptions { Mode = PageCodecMode.Auto, UseDeltas = false },
        ["no-compression"] = new PageCodecOptions { Mode = PageCodecMode.Auto, UseCompression = false },
        ["no-references"] = new PageCodecOptions { Mode = PageCodecMode.Auto, UseReferences = false },
    };

    public static Option<string> Create()
    {
        var option = new Option<string>("--codec")
        {
            Description = "How pages travel: by-strategy (as the strategy wants), off (as they are), auto (as differences, references and compressed, where that pays), or auto without one of them.",
            DefaultValueFactory = _ => ByStrategy,
        };
        option.AcceptOnlyFromAmong([.. Choices.Keys]);
        return option;
    }

    public static PageCodecOptions Of(string choice) => Choices[choice];
}
