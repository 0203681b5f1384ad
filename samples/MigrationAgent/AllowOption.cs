using System.CommandLine;
using U2CMigration.Core.Inventory;

namespace MigrationAgent;

/// <summary><c>--allow</c>: what of a workload may be given up.</summary>
public static class AllowOption
{
    public static Option<GiveUp> Create() => new("--allow")
    {
        HelpName = "THING,...",
        Description = $"What may be given up because it leads to processes that do not move; it is named in the result: {string.Join(", ", GiveUpNames.All)}. Without it a workload that has such a thing is refused. Can be repeated.",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = static result =>
        {
            GiveUp allowed = GiveUp.None;
            foreach (var token in result.Tokens)
            {
                if (GiveUpNames.Parse(token.Value, out GiveUp some) is { } unknown)
                {
                    result.AddError($"--allow does not know '{unknown}'; choose from {string.Join(", ", GiveUpNames.All)}, separated by commas.");
                }

                allowed |= some;
            }

            return allowed;
        },
        Arity = ArgumentArity.OneOrMore,
    };
}
