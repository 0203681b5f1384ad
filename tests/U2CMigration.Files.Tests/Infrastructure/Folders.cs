using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Files.Applying;
using U2CMigration.Files.Interop;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>Folders of a test, gone afterwards.</summary>
internal sealed class Folders : IDisposable
{
    /// <param name="inMemory">On tmpfs, or else where temporary files are.</param>
    public Folders(bool inMemory = true)
    {
        Top = Path.Combine(inMemory ? "/dev/shm" : Path.GetTempPath(), $"u2c-files-test-{Guid.NewGuid():n}");
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(Destination);
    }

    public string Top { get; }

    public string Source => Path.Combine(Top, "source");

    public string Destination => Path.Combine(Top, "destination");

    public string Make(string name) => Directory.CreateDirectory(Path.Combine(Top, name)).FullName;

    public string InSource(string name) => Path.Combine(Source, name);

    public string InDestination(string name) => Path.Combine(Destination, name);

    /// <summary>A path with a zero, as calls want it.</summary>
    public static byte[] Raw(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    public void Dispose()
    {
        // Names here are in no encoding, and some files are locked.
        FileCalls.Open(Path.GetDirectoryName(Top)!, FileCalls.O_DIRECTORY, out SafeFileHandle parent).Should().Be(0);
        using (parent)
        {
            TreeRemoval.Remove(parent, Raw(Path.GetFileName(Top))).Should().Be(0);
        }
    }
}
