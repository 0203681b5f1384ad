namespace TraceLab;

/// <summary>The checkout that this program was built in.</summary>
internal static class Checkout
{
    private static readonly string Root = Find();

    internal static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "eng", "testbed.sh")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} does not lie in a checkout of the project.");
    }
}
