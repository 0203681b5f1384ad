namespace U2CMigration.Criu.Options;

/// <summary>Collects what is wrong with a set of options, so that a caller hears everything at once.</summary>
internal sealed class OptionProblems
{
    private readonly List<string> _problems = [];

    internal void AddIf(bool wrong, string problem)
    {
        if (wrong)
        {
            _problems.Add(problem);
        }
    }

    internal void ThrowIfAny(string optionsName)
    {
        if (_problems.Count > 0)
        {
            throw new ArgumentException($"{optionsName}: {string.Join("; ", _problems)}. Nothing was touched.");
        }
    }
}
