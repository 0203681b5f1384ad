namespace U2CMigration.Testing;

/// <summary>Finds the checkout that the running test assembly was built from.</summary>
public static class RepositoryRoot
{
    private const string Marker = "U2CMigration.Core.sln";

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The absolute path of the checkout.</summary>
    /// <exception cref="InvalidOperationException">The test assembly does not lie below a checkout.</exception>
    public static string Path => Found.Value;

    /// <summary>The absolute path of a file in the checkout.</summary>
    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(directory.FullName, Marker)))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} does not lie below a directory with {Marker}: run the tests from the checkout's artifacts.");
    }
}
