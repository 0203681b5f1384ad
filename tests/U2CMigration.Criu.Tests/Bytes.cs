namespace U2CMigration.Criu.Tests;

internal static class Bytes
{
    /// <summary>Bytes from hexadecimal digits; blanks are ignored.</summary>
    public static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", string.Empty, StringComparison.Ordinal));

    /// <summary>Pages whose every byte tells which page it is.</summary>
    public static byte[] Pages(params byte[] marks) => [.. marks.SelectMany(mark => Enumerable.Repeat(mark, Environment.SystemPageSize))];
}
