using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LiveMigration.Rig;
using LiveMigration.StockCriu;
using LiveMigration.Workloads;
using U2CMigration.Strategy.Strategies;

namespace LiveMigration;

/// <summary>The options that the demo and the comparison share.</summary>
public sealed class SceneArguments
{
    public const int LeastMemoryMib = 16;
    public const int MostMemoryMib = 16384;
    public const int MostMbit = 100_000;

    private readonly Option<int?> _rate = new("--write-rate")
    {
        Description = $"Operations per second, 0 for as many as possible (default: {string.Join(", ", WorkloadCatalogue.Names.Select(WorkloadCatalogue.Find).Where(static known => known.Service is null).Select(static known => $"{known.Name} {known.UsualRate}"))}; the clients of the other services have a pace of their own).",
    };

    private readonly Option<string> _tracker = new("--tracker") { Description = "auto, write-protect, soft-dirty or content-hash.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _codec = new("--codec") { Description = "How pages travel: by-strategy, off, auto, or auto without one of its ways: no-deltas, no-compression, no-references.", DefaultValueFactory = _ => "by-strategy" };
    private readonly Option<string> _restoreMode = new("--restore-mode") { Description = "auto, first-touch or flat-images.", DefaultValueFactory = _ => "auto" };
    private readonly Option<int> _duration = Number("--max-duration-s", 60, 1, 3600, "The longest time for the rounds before the workload is stopped, s: strategies that never stop by themselves end there.");
    private readonly Option<string> _rig = new("--rig") { Description = "What the hosts are: namespaces of this machine, or vm for emulated machines (eng/vm.sh).", DefaultValueFactory = _ => "namespaces" };
    private readonly Option<string> _kernel = new("--kernel") { Description = "Kernel of emulated machines: 6.12 or 6.1.", DefaultValueFactory = _ => "6.12" };
    private readonly Option<string> _criu = new("--criu") { Description = "CRIU of emulated machines: 4.2, 4.1 or 3.17.", DefaultValueFactory = _ => "4.2" };
    private readonly Option<int> _delay = Number("--delay-ms", 0, 0, 1000, "By how much emulated machines delay what they send, ms.");
    private readonly Option<int> _floor = Number("--floor", 0, 0, 100, "First move a process of 1 MB by CRIU alone this many times: the median of its downtimes is the report's floorMs.");
    private readonly Option<bool> _dirtyRate = new("--dirty-rate") { Description = "First measure how many bytes the workload dirties per second: the report's dirtyBytesPerSecond." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Compare every page of the frozen source with the destination, outside the downtime." };
    private readonly Option<bool> _encrypted = new("--encrypted") { Description = "Give each migration a secret: both ends prove that they have it, and all travels over TLS 1.3." };
    private readonly Option<bool> _stalls = new("--stalls") { Description = "Stop each agent for 20 to 150 ms again and again until the workload is frozen, as a busy machine does." };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the logs of the agents." };
    private readonly Option<string?> _agent = new("--agent") { Description = "The published migration agent.", Hidden = true };

    public SceneArguments()
    {
        _rate.Validators.Add(result => CheckNumbers(result, "--write-rate", 0, 1_000_000));
        _rig.AcceptOnlyFromAmong("namespaces", "vm");
        _kernel.AcceptOnlyFromAmong("6.12", "6.1");
        _criu.AcceptOnlyFromAmong("4.2", "4.1", "3.17");
        _tracker.AcceptOnlyFromAmong("auto", "write-protect", "soft-dirty", "content-hash");
        _codec.AcceptOnlyFromAmong("by-strategy", "off", "auto", "no-deltas", "no-compression", "no-references");
        _restoreMode.AcceptOnlyFromAmong("auto", "first-touch", "flat-images");
    }

    /// <summary>What can be given to <c>--workload</c>.</summary>
    public static string WorkloadNames { get; } = string.Join(", ", WorkloadCatalogue.Names);

    /// <summary>What can be given to <c>--strategy</c>.</summary>
    public static string StrategyNames { get; } = $"{string.Join(", ", MigrationStrategies.Names)}, {string.Join(", ", CriuStrategies.Names)}";

    /// <summary>The file for the report.</summary>
    public Option<string?> Json { get; } = new("--json") { Description = "Write the report to this file." };

    /// <param name="command">What gets the options.</param>
    /// <param name="workloads">The workloads that it was asked for.</param>
    public void AddTo(Command command, Func<CommandResult, IEnumerable<string>> workloads)
    {
        command.Validators.Add(result =>
        {
            foreach (string name in result.GetValue(_rate) is null ? [] : workloads(result).Where(static name => WorkloadCatalogue.Has(name) && WorkloadCatalogue.Find(name).Service is not null))
            {
                result.AddError($"--write-rate does not apply to {name}, whose client has a pace of its own: leave it out.");
            }
        });
        foreach (Option option in (ReadOnlySpan<Option>)[_rate, _tracker, _codec, _restoreMode, _duration, _rig, _kernel, _criu, _delay, _floor, _dirtyRate, _verify, _encrypted, _stalls, Json, _verbose, _agent])
        {
            command.Options.Add(option);
        }
    }

    public SceneOptions Scene(ParseResult parsed, string workload, int memoryMib, int bandwidthMbit, double? pressure, bool keep)
    {
        string repository = Repository.Find();
        return new SceneOptions
        {
            Workload = WorkloadCatalogue.Find(workload),
            MemoryMib = memoryMib,
            AskedRate = parsed.GetValue(_rate),
            BandwidthMbit = bandwidthMbit,
            Pressure = pressure,
            Rig = parsed.GetValue(_rig) == "vm" ? RigKind.Machines(parsed.GetValue(_kernel)!, parsed.GetValue(_criu)!, parsed.GetValue(_delay)) : RigKind.Namespaces,
            Tracker = parsed.GetValue(_tracker)!,
            Codec = parsed.GetValue(_codec)!,
            RestoreMode = parsed.GetValue(_restoreMode)!,
            MaxDurationSeconds = parsed.GetValue(_duration),
            FloorMoves = parsed.GetValue(_floor),
            MeasuresDirtyRate = parsed.GetValue(_dirtyRate),
            Verify = parsed.GetValue(_verify),
            Encrypted = parsed.GetValue(_encrypted),
            Stalls = parsed.GetValue(_stalls),
            Keep = keep,
            Verbose = parsed.GetValue(_verbose),
            Agent = parsed.GetValue(_agent) ?? Path.Combine(repository, "artifacts", "samples", "MigrationAgent", "MigrationAgent"),
            Repository = repository,
        };
    }

    /// <summary>An option that takes one number.</summary>
    public static Option<int> Number(string name, int value, int least, int most, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => CheckNumbers(result, name, least, most));
        return option;
    }

    /// <summary>An option that takes numbers separated by commas.</summary>
    public static Option<IReadOnlyList<double>> Numbers(string name, double[] value, double least, double most, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            var numbers = new List<double>();
            foreach (string text in Items(result))
            {
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || number < least || number > most)
                {
                    result.AddError($"{name} has '{text}'; each number must be from {least} to {most}.");
                    return [];
                }

                numbers.Add(number);
            }

            return numbers;
        },
    };

    /// <summary>An option that takes names separated by commas.</summary>
    public static Option<IReadOnlyList<string>> NameList(string option, string[] value, Action<string, Action<string>> check, string description) => new(option)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            foreach (string name in Items(result))
            {
                check(name, result.AddError);
            }

            return Items(result);
        },
    };

    public static void CheckWorkload(string name, Action<string> complain)
    {
        if (!WorkloadCatalogue.Has(name))
        {
            complain($"There is no workload '{name}'; choose from {WorkloadNames}.");
        }
    }

    public static void CheckStrategy(string name, Action<string> complain)
    {
        if (!CriuStrategies.Has(name) && !MigrationStrategies.Names.Contains(name))
        {
            complain($"There is no strategy '{name}'; choose from {StrategyNames}.");
        }
    }

    private static string[] Items(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static void CheckNumbers(OptionResult result, string name, int least, int most)
    {
        // A text that is no number is reported by the parser itself.
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int given) && (given < least || given > most))
        {
            result.AddError($"{name} is {given}; it must be from {least} to {most}.");
        }
    }
}
