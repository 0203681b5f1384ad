namespace ModelTraining;

/// <summary>The checkout that this program was built in.</summary>
internal static class Repository
{
    public static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "eng", "train.sh")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} does not lie in a checkout of the project; start this program by eng/train.sh.");
    }
}
