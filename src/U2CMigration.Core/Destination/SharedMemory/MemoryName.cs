using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Destination.SharedMemory;

/// <summary>The name that a file below /dev/shm gets when it is complete: until then it has another one, and what has the name now keeps it should the migration fail.</summary>
internal sealed class MemoryName : IDisposable
{
    private const string Directory = "/dev/shm/";
    private const int Root = 0;
    private const int OwnerOnly = 0x180; // 0600

    private readonly string _path;
    private readonly string _own;
    private readonly bool _isDeleted;
    private string? _before;
    private bool _taken;
    private bool _kept;

    private MemoryName(string path, string own, bool isDeleted) => (_path, _own, _isDeleted) = (path, own, isDeleted);

    /// <summary>Makes a file that gets a name later.</summary>
    /// <param name="path">The name.</param>
    /// <param name="isDeleted">Whether it loses the name at once.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="RestoreRefusedException">The name is in use here, or is none below /dev/shm.</exception>
    public static MemoryName Reserve(string path, bool isDeleted, out SafeFileHandle file)
    {
        if (!path.StartsWith(Directory, StringComparison.Ordinal) || Path.GetFullPath(path) != path || !System.IO.Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new RestoreRefusedException($"The workload has the file {path} in memory, and there is no such folder here. Make it, or let the workload close the file.");
        }

        if (!isDeleted && File.Exists(path) && UserOf(path) is { } user)
        {
            throw new RestoreRefusedException(
                $"The workload has the file {path}, and process {user} of this host uses another one of that name. End that process, or give one of them another name.");
        }

        string own = Path.Combine(Path.GetDirectoryName(path)!, $".u2c-{Guid.NewGuid():N}");
        // Not locked against others, and readable for nobody else before it has its owner.
        file = File.OpenHandle(own, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Memfd.SetOwner(file, Root, Root, OwnerOnly);
        return new MemoryName(path, own, isDeleted);
    }

    /// <summary>Gives the file its name; what had it gets another one.</summary>
    public void Take()
    {
        if (_isDeleted && File.Exists(_path))
        {
            // It was not the same one: it is shown under another name then.
            File.Delete(_own);
            _taken = true;
            return;
        }

        if (File.Exists(_path))
        {
            string before = Path.Combine(Path.GetDirectoryName(_path)!, $".u2c-{Guid.NewGuid():N}");
            File.Move(_path, before);
            _before = before;
        }

        File.Move(_own, _path);
        _taken = true;
        if (_isDeleted)
        {
            // It is shown under the name that it had.
            File.Delete(_path);
        }
    }

    /// <summary>The file stays, and what had its name before goes.</summary>
    public void Keep()
    {
        _kept = true;
        if (_before is { } before)
        {
            File.Delete(before);
            _before = null;
        }
    }

    public void Dispose()
    {
        if (!_taken)
        {
            File.Delete(_own);
        }
        else if (!_kept && !_isDeleted)
        {
            File.Delete(_path);
            Restore();
        }
    }

    private void Restore()
    {
        if (_before is { } before)
        {
            File.Move(before, _path);
            _before = null;
        }
    }

    /// <summary>A process that has a file open or mapped; null when there is none.</summary>
    private static int? UserOf(string path)
    {
        foreach (string process in System.IO.Directory.EnumerateDirectories("/proc").Where(static name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                if (new DirectoryInfo(Path.Combine(process, "fd")).EnumerateFiles().Any(descriptor => descriptor.LinkTarget == path)
                    || File.ReadLines(Path.Combine(process, "maps")).Any(line => line.EndsWith(path, StringComparison.Ordinal)))
                {
                    return int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended.
            }
        }

        return null;
    }
}
