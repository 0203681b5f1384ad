namespace LiveMigration;

/// <summary>Finds the checkout that this program was built in.</summary>
public static class Repository
{
    public static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "eng", "testbed.sh")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} does not lie in a checkout of the project; start the demo by eng/demo.sh or eng/vm.sh.");
    }
}
