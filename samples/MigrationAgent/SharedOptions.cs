using System.CommandLine;
using MigrationAgent.Options;
using MigrationAgent.Output;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Sessions;

namespace MigrationAgent;

/// <summary>The options that both ends have.</summary>
public sealed class SharedOptions
{
    private readonly Option<string[]> _address = new("--address")
    {
        Description = "The workload's own IPv4 address, which moves along, as ADDRESS/PREFIX@DEVICE on this host (10.0.0.7/24@eth0). Give it on both ends or on none; a receiver takes several.",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _workDirectory = new("--work-directory") { Description = "Where CRIU's images go; should be on a tmpfs (default: /run/u2cmigration)." };
    private readonly Option<bool> _jsonLines = new("--json-lines") { Description = "Say what happens as one line of JSON per event on standard output." };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log in detail, on standard error." };

    public SharedOptions()
    {
        _address.Validators.Add(result =>
        {
            try
            {
                foreach (string text in result.GetValueOrDefault<string[]>() ?? [])
                {
                    AddressHandover.Parse(text);
                }
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                result.AddError($"--address: {e.Message}");
            }
        });
    }

    public TrustOptions Trust { get; } = new();

    private readonly CriuOptions _criu = new();

    public void AddTo(Command command, bool isSource)
    {
        command.AddGroup("Network", _address);
        command.AddGroup("Trust", [.. Trust.AddTo(command)]);
        _criu.AddTo(command, isSource);
        command.AddGroup("This program", _workDirectory, _jsonLines, _verbose);
    }

    /// <summary>The address that leaves.</summary>
    public AddressHandover? Address(ParseResult parsed) => Addresses(parsed) is [var only, ..] ? only : null;

    /// <summary>The addresses that may come.</summary>
    public IDestinationNetwork? Network(ParseResult parsed) => Addresses(parsed) switch
    {
        [] => null,
        [var only] => only,
        var several => AddressHandover.AnyOf(several),
    };

    private AddressHandover[] Addresses(ParseResult parsed) => [.. (parsed.GetValue(_address) ?? []).Select(AddressHandover.Parse)];

    public CriuSettings Criu(ParseResult parsed) => _criu.Settings(parsed, Verbose(parsed));

    public string? WorkDirectory(ParseResult parsed) => parsed.GetValue(_workDirectory);

    public bool Verbose(ParseResult parsed) => parsed.GetValue(_verbose);

    public IAgentOutput Output(ParseResult parsed) => AgentOutput.Create(parsed.GetValue(_jsonLines));
}
