using System.CommandLine;
using System.CommandLine.Parsing;
using U2CMigration.Core.Receiving;

namespace MigrationAgent.Options;

/// <summary>The options of <c>receive</c> about what a workload may be.</summary>
public sealed class PolicyOptions
{
    private const string Nothing = "none";

    private readonly Option<IdRange[]?> _users = Ids("--allow-users", "The users of this host that a workload may run as (1000-1999,33). It then gets no file that these users could not open and that --allow-files does not name, no capability unless --allow-capabilities names it, and no group of another number unless --allow-groups does (default: all).");
    private readonly Option<IdRange[]?> _groups = Ids("--allow-groups", "The groups of this host that it may be in.");
    private readonly Option<string[]?> _capabilities = Texts("--allow-capabilities", "NAME,...", "The capabilities that it may have or take up, as in capabilities(7) (net_bind_service); none for none (default: all, with --allow-users none).");
    private readonly Option<string[]?> _executables = Texts("--allow-executables", "PATH,...", "Where its programs and libraries may lie: files, or directories with all that is below (default: anywhere).");
    private readonly Option<string[]?> _files = Texts("--allow-files", "PATH,...", "Where everything else may lie that it has open (default: anywhere, with --allow-users what these users may open).");
    private readonly Option<RequiredNamespaces> _namespaces = new("--require-namespaces")
    {
        HelpName = "KIND,...",
        Description = $"Namespaces that it must have of its own: {string.Join(", ", Enum.GetNames<RequiredNamespaces>().Skip(1)).ToLowerInvariant()} (default: none).",
        CustomParser = ParseNamespaces,
    };

    private readonly Option<bool> _noNewPrivileges = new("--require-no-new-privileges") { Description = "Only workloads that cannot gain privileges by executing a program." };
    private readonly Option<bool> _seccomp = new("--require-seccomp") { Description = "Only workloads whose system calls are filtered." };

    public void AddTo(Command command) => command.AddGroup("What a workload may be", _users, _groups, _capabilities, _namespaces, _noNewPrivileges, _seccomp, _executables, _files);

    public RestorePolicy Policy(ParseResult parsed) => new()
    {
        UserIds = Given(parsed, _users),
        GroupIds = Given(parsed, _groups),
        Capabilities = Given(parsed, _capabilities) is [Nothing] ? [] : Given(parsed, _capabilities),
        Namespaces = parsed.GetValue(_namespaces),
        RequireNoNewPrivileges = parsed.GetValue(_noNewPrivileges),
        RequireSeccomp = parsed.GetValue(_seccomp),
        ExecutablePaths = Given(parsed, _executables),
        FilePaths = Given(parsed, _files),
    };

    /// <summary>A list that is not given is none, where the parser has an empty one: that would allow nothing.</summary>
    private static T[]? Given<T>(ParseResult parsed, Option<T[]?> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static Option<IdRange[]?> Ids(string name, string description) => new(name)
    {
        HelpName = "RANGE,...",
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            var ranges = new List<IdRange>();
            foreach (string text in result.Tokens.SelectMany(static token => token.Value.Split(',')))
            {
                if (IdRange.TryParse(text, out IdRange range))
                {
                    ranges.Add(range);
                }
                else
                {
                    result.AddError($"{name}: '{text}' is neither a number nor a range of numbers, for example 1000-1999.");
                }
            }

            return [.. ranges];
        },
    };

    private static Option<string[]?> Texts(string name, string help, string description) => new(name)
    {
        HelpName = help,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = static result => [.. result.Tokens.SelectMany(static token => token.Value.Split(','))],
    };

    private static RequiredNamespaces ParseNamespaces(ArgumentResult result)
    {
        RequiredNamespaces all = RequiredNamespaces.None;
        foreach (string name in result.Tokens.SelectMany(static token => token.Value.Split(',')))
        {
            if (Enum.GetNames<RequiredNamespaces>().Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                all |= Enum.Parse<RequiredNamespaces>(name, ignoreCase: true);
            }
            else
            {
                result.AddError($"--require-namespaces does not know '{name}'; choose from {string.Join(", ", Enum.GetNames<RequiredNamespaces>().Skip(1)).ToLowerInvariant()}, separated by commas.");
            }
        }

        return all;
    }
}
