using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MigrationAgent.Options;

/// <summary>Options that are numbers: what is none, or out of range, gets a sentence.</summary>
public static class NumberOption
{
    /// <summary>Creates one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it means, with unit and default.</param>
    /// <param name="default">Its value when it is not given.</param>
    /// <param name="min">The least it may be.</param>
    /// <param name="max">The most it may be.</param>
    public static Option<T> Create<T>(string name, string description, T @default, T min, T max)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => @default,
            CustomParser = result => Parse(result, name, min, max),
        };

    private static T Parse<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && number >= min && number <= max)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; give a number from {min} to {max}."));
        return default;
    }
}
