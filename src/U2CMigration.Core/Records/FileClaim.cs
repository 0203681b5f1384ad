namespace U2CMigration.Core.Records;

/// <summary>A file that one program holds at a time, by flock(2): the kernel lets go of it when that program ends, however it does.</summary>
internal static class FileClaim
{
    /// <summary>Takes it; null while another program has it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static IDisposable? TryTake(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 0 });
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
