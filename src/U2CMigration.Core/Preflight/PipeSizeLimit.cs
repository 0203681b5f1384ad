using System.Globalization;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.SystemSettings;

namespace U2CMigration.Core.Preflight;

/// <summary>
/// Raises <c>fs.pipe-max-size</c> for as long as it is needed: CRIU's lazy dump makes pipes of 4 MiB, which without CAP_SYS_RESOURCE is refused above that
/// limit (default 1 MiB, pipe(7)).
/// </summary>
/// <remarks>Counted among the migrations of all processes of this host; a guardian puts it back when this process is killed.</remarks>
internal sealed class PipeSizeLimit : IDisposable
{
    private const string Setting = "/proc/sys/fs/pipe-max-size";
    private const string Notes = "/run/u2cmigration";
    private const string Name = "pipe-max-size";
    private const int NeededBytes = 8 << 20;
    private const int ResourceCapability = 24;

    private readonly BorrowedSettings.Borrower? _borrowed;
    private readonly Guardian? _guardian;
    private bool _disposed;

    private PipeSizeLimit(BorrowedSettings.Borrower? borrowed, Guardian? guardian) => (_borrowed, _guardian) = (borrowed, guardian);

    /// <summary>Raises the limit unless it is high enough or means nothing to this process; disposing the last instance puts it back.</summary>
    /// <exception cref="IOException">The setting cannot be written here.</exception>
    public static PipeSizeLimit Raise() => HasResourceCapability() ? new PipeSizeLimit(null, null) : Raise(Setting, Notes);

    /// <summary>The same with another file, for tests.</summary>
    internal static PipeSizeLimit Raise(string setting, string notes)
    {
        string needed = NeededBytes.ToString(CultureInfo.InvariantCulture);
        var settings = new BorrowedSettings(notes, Name, [new BorrowedSetting(setting, needed)]);

        // What another one has borrowed is high enough for as long as that one needs it.
        if (Read(setting) >= NeededBytes && !File.Exists(settings.BeforePath))
        {
            return new PipeSizeLimit(null, null);
        }

        try
        {
            BorrowedSettings.Borrower borrowed = settings.TryBorrow($"{Guid.NewGuid():N}", string.Empty, static (_, _) => { })!;
            GuardianScript undo = new GuardianScript().GiveBack(settings.LockPath, settings.BeforePath, notes, settings.HolderPrefix, setting, needed);
            try
            {
                return new PipeSizeLimit(borrowed, Guardian.Start("u2c-pipe-guardian", undo));
            }
            catch
            {
                borrowed.GiveBack();
                throw;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"{setting} is {Read(setting)} and cannot be raised to {NeededBytes}, which CRIU's lazy dump needs: {e.Message} Raise it by sysctl, or grant CAP_SYS_RESOURCE.", e);
        }
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _borrowed?.GiveBack();
            _guardian?.Settle();
            _guardian?.Dispose();
        }
    }

    /// <summary>With it the limit does not hold, and is not to be raised for all others.</summary>
    private static bool HasResourceCapability()
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong effective)
            && (effective >> ResourceCapability & 1) != 0;
    }

    private static long Read(string setting) => long.Parse(File.ReadAllText(setting), CultureInfo.InvariantCulture);
}
