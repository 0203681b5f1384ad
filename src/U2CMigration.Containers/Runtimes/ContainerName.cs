namespace U2CMigration.Containers.Runtimes;

/// <summary>The names that containers can have. They become words of commands and parts of paths, and come from the other host.</summary>
internal static class ContainerName
{
    /// <summary>The longest name of a file.</summary>
    private const int MaxLength = 255;

    /// <summary>Whether it is one: letters, digits, '_', '.', '+', '-', the first of them no '-' and no '.'.</summary>
    public static bool IsValid(string name) =>
        name is [not ('-' or '.'), ..] and { Length: <= MaxLength } && name.All(static one => char.IsAsciiLetterOrDigit(one) || one is '_' or '.' or '+' or '-');
}
