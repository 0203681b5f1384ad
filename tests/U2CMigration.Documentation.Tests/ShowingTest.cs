using System.Reflection;
using Xunit.v3;

namespace U2CMigration.Documentation.Tests;

/// <summary>A method that is said to show something.</summary>
internal sealed class ShowingTest(MethodInfo method)
{
    /// <summary>Class and method.</summary>
    public string Name => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>What keeps it from showing anything in any run; null for nothing.</summary>
    public string? Problem => method.GetCustomAttributes().OfType<IFactAttribute>().FirstOrDefault() switch
    {
        null => "is no test",
        { Skip: { Length: > 0 } reason } => $"is always skipped: {reason}",
        { Explicit: true } => "runs only when it is asked for",
        ITheoryAttribute when !method.GetCustomAttributes().OfType<IDataAttribute>().Any(static data => data.Skip is null) => "has no data that is not skipped",
        _ when method.DeclaringType!.IsAbstract => "is in a class that nobody can make",
        _ => null,
    };
}
