using System.Globalization;

namespace U2CMigration.Core.Preflight;

/// <summary>
/// Raises <c>fs.pipe-max-size</c> for as long as it is needed: CRIU's lazy dump makes pipes of 4 MiB, which without CAP_SYS_RESOURCE is refused above that
/// limit (default 1 MiB, pipe(7)).
/// </summary>
internal sealed class PipeSizeLimit : IDisposable
{
    private const string Setting = "/proc/sys/fs/pipe-max-size";
    private const int NeededBytes = 8 << 20;

    private static readonly Lock Users = new();
    private static int _users;
    private static int _original;

    private bool _disposed;

    private PipeSizeLimit()
    {
    }

    /// <summary>Raises the limit unless it is high enough; disposing the last instance puts it back.</summary>
    /// <exception cref="IOException">The setting can not be written here.</exception>
    public static PipeSizeLimit Raise()
    {
        lock (Users)
        {
            int now = Read();
            if (_users == 0)
            {
                _original = now;
            }

            if (now < NeededBytes)
            {
                Write(NeededBytes);
            }

            _users++;
            return new PipeSizeLimit();
        }
    }

    public void Dispose()
    {
        lock (Users)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _users--;
            if (_users == 0 && _original < NeededBytes && Read() == NeededBytes)
            {
                Write(_original);
            }
        }
    }

    private static int Read() => int.Parse(File.ReadAllText(Setting), CultureInfo.InvariantCulture);

    private static void Write(int bytes)
    {
        try
        {
            File.WriteAllText(Setting, bytes.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"{Setting} is {Read()} and can not be raised to {NeededBytes}, which CRIU's lazy dump needs: {e.Message} Raise it by sysctl, or grant CAP_SYS_RESOURCE.", e);
        }
    }
}
