namespace U2CMigration.Criu.Images;

/// <summary>Checks that pages files hold what their pagemaps list. CRIU's restore reads on at the end of one that is too short, at full speed and without end.</summary>
public static class PagesFileCheck
{
    /// <summary>Compares the length of each pages file with its pagemap.</summary>
    /// <param name="directory">The images.</param>
    /// <exception cref="CriuException">A file is damaged, missing or too short.</exception>
    public static void Run(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        foreach (int processId in directory.ProcessesWithPagemap())
        {
            Check(directory, directory.ReadPagemap(processId)!);
        }

        foreach (ulong id in directory.SharedMemoryWithPagemap())
        {
            Check(directory, directory.ReadSharedPagemap(id)!);
        }
    }

    private static void Check(ImageDirectory directory, Pagemap pagemap)
    {
        if (pagemap.PresentPages == 0)
        {
            return;
        }

        string path = directory.PathOf(pagemap.PagesFileName);
        var file = new FileInfo(path);
        long length = file.Exists ? file.Length : 0;
        if (length < pagemap.PresentPages * Environment.SystemPageSize)
        {
            throw ImageError.At(path, length, $"it ends there, and its pagemap lists {pagemap.PresentPages} pages");
        }
    }
}
