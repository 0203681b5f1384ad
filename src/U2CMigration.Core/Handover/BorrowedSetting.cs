using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>A setting of a network device that is changed for some time on behalf of an address. Several migrations, also in other processes, may borrow it at once: the last of them puts back what was before the first.</summary>
internal sealed class BorrowedSetting(string device, string name, string value, IPAddress address)
{
    private const string NoteDirectory = "/run/u2cmigration";

    private const int LockAttempts = 5_000;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);

    private readonly string _setting = $"/proc/sys/net/ipv4/conf/{device}/{name}";
    private readonly string _note = $"{NoteDirectory}/{device}-{address}.{name}";
    private bool _borrowed;

    public void Borrow()
    {
        if (_borrowed)
        {
            return;
        }

        WorkDirectories.PrivateDirectory.Create(NoteDirectory);
        using FileStream alone = LockOut();
        string before = Notes().Select(File.ReadAllText).FirstOrDefault() ?? File.ReadAllText(_setting);
        File.WriteAllText(_note, before);
        File.WriteAllText(_setting, value);
        _borrowed = true;
    }

    public void GiveBack()
    {
        if (!_borrowed)
        {
            return;
        }

        using FileStream alone = LockOut();
        string before = File.ReadAllText(_note);
        if (!Notes().Any(note => note != _note))
        {
            File.WriteAllText(_setting, before);
        }

        File.Delete(_note);
        _borrowed = false;
    }

    /// <summary>Takes over from a process that was killed before it could put the setting back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeOver()
    {
        _borrowed |= File.Exists(_note);
        return _borrowed;
    }

    /// <summary>What all that have borrowed it wrote down: the same value.</summary>
    private IEnumerable<string> Notes() => Directory.EnumerateFiles(NoteDirectory, $"{device}-*.{name}");

    /// <summary>Waits for others that borrow or give back: microseconds.</summary>
    private FileStream LockOut()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream($"{NoteDirectory}/{device}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                Thread.Sleep(LockPause);
            }
        }
    }
}
