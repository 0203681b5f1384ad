using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.SystemSettings;

/// <summary>
/// Settings of the kernel that are changed for some time. Several migrations, also of other processes, may borrow the same at once: the last of them puts back what was before the first.
/// </summary>
/// <remarks>
/// What was before stands in one file. Each borrower has a file of its own, locked for as long as it lives (flock(2)): an unlocked one is that of a process that was killed, and counts no more.
/// A setting that somebody else has changed in the meantime is left alone.
/// </remarks>
internal sealed class BorrowedSettings(string directory, string name, IReadOnlyList<BorrowedSetting> settings)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _before = Path.Combine(directory, name + ".before");
    private readonly string _prefix = name + ".held-";

    /// <summary>The file whose lock keeps others out while the files are changed.</summary>
    public string LockPath => Path.Combine(directory, name + ".lock");

    /// <summary>What was before, for a guardian that puts it back.</summary>
    public string BeforePath => _before;

    /// <summary>How the file names of borrowers begin.</summary>
    public string HolderPrefix => _prefix;

    /// <summary>The file of a borrower.</summary>
    private string PathOf(string holder) => Path.Combine(directory, _prefix + holder);

    /// <summary>Changes the settings, or joins those who have.</summary>
    /// <param name="holder">Names the borrower; part of a file name.</param>
    /// <param name="note">What others need to know who find its file when this process was killed.</param>
    /// <param name="whenAbandoned">Called for each borrower that was killed, with its name and note.</param>
    /// <returns>The borrower; null when one of that name is at work.</returns>
    /// <exception cref="IOException">The files cannot be written, and nothing was changed; or a setting cannot.</exception>
    public Borrower? TryBorrow(string holder, string note, Action<string, string> whenAbandoned)
    {
        CreateDirectory();
        using SafeFileHandle alone = LockFile.Take(LockPath);
        RemoveAbandoned(whenAbandoned);
        SafeFileHandle? own = LockFile.TryTake(PathOf(holder));
        if (own is null)
        {
            return null;
        }

        try
        {
            RandomAccess.Write(own, Encoding.UTF8.GetBytes(note), 0);
            if (!File.Exists(_before))
            {
                WriteWhole(_before, string.Join('\n', settings.Select(static setting => File.ReadAllText(setting.Path).Trim())));
            }

            foreach (BorrowedSetting setting in settings.Where(static setting => File.ReadAllText(setting.Path).Trim() != setting.Value))
            {
                File.WriteAllText(setting.Path, setting.Value);
            }

            return new Borrower(this, holder, own);
        }
        catch
        {
            File.Delete(PathOf(holder));
            own.Dispose();
            PutBackIfLast();
            throw;
        }
    }

    /// <summary>Puts back what processes that were killed have left, unless others still need it.</summary>
    /// <param name="whenAbandoned">Called for each such borrower, with its name and note, before.</param>
    /// <exception cref="IOException">The files cannot be read or written.</exception>
    public void Recover(Action<string, string> whenAbandoned)
    {
        if (!File.Exists(LockPath))
        {
            return;
        }

        using SafeFileHandle alone = LockFile.Take(LockPath);
        RemoveAbandoned(whenAbandoned);
        PutBackIfLast();
    }

    private void CreateDirectory() => _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(directory) : Directory.CreateDirectory(directory, OwnerOnly);

    private void GiveBack(string holder, SafeFileHandle own)
    {
        CreateDirectory();
        using SafeFileHandle alone = LockFile.Take(LockPath);
        File.Delete(PathOf(holder));
        own.Dispose();
        RemoveAbandoned(static (_, _) => { });
        PutBackIfLast();
    }

    private void RemoveAbandoned(Action<string, string> whenAbandoned)
    {
        foreach (string path in Directory.EnumerateFiles(directory, _prefix + "*").ToList())
        {
            if (LockFile.TryTakeOver(path) is { } abandoned)
            {
                using (abandoned)
                {
                    byte[] note = new byte[RandomAccess.GetLength(abandoned)];
                    int length = RandomAccess.Read(abandoned, note, 0);
                    whenAbandoned(Path.GetFileName(path)[_prefix.Length..], Encoding.UTF8.GetString(note, 0, length));
                    File.Delete(path);
                }
            }
        }
    }

    private void PutBackIfLast()
    {
        if (!File.Exists(_before) || Directory.EnumerateFiles(directory, _prefix + "*").Any())
        {
            return;
        }

        string[] before = File.ReadAllLines(_before);
        foreach ((BorrowedSetting setting, string value) in settings.Zip(before))
        {
            if (File.ReadAllText(setting.Path).Trim() == setting.Value)
            {
                File.WriteAllText(setting.Path, value);
            }
        }

        File.Delete(_before);
    }

    /// <summary>There whole or not at all: on a full disk an empty one would be taken for what was before.</summary>
    private static void WriteWhole(string path, string text)
    {
        string unfinished = path + ".new";
        try
        {
            File.WriteAllText(unfinished, text);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>One that has borrowed them.</summary>
    internal sealed class Borrower(BorrowedSettings settings, string holder, SafeFileHandle file)
    {
        private bool _givenBack;

        /// <summary>Gives them back; does nothing the second time, and can be called again after it failed.</summary>
        /// <exception cref="IOException">They cannot be given back.</exception>
        public void GiveBack()
        {
            if (!_givenBack)
            {
                settings.GiveBack(holder, file);
                _givenBack = true;
            }
        }
    }
}
