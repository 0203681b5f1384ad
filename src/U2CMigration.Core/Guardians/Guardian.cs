using System.Diagnostics;

namespace U2CMigration.Core.Guardians;

/// <summary>A small process that undoes something when this process is gone, however it ended: a shell that waits for the end of its input.</summary>
internal sealed class Guardian : IDisposable
{
    // The input ends with the end of the process that holds the other end. What was said before stands in $said.
    private const string Waiting = """
        trap '' INT TERM HUP
        said=$(cat)

        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private Guardian(Process process) => _process = process;

    /// <summary>The process that waits.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts one.</summary>
    /// <param name="name">What it is called in a list of processes.</param>
    /// <param name="script">What it does in the end, for sh(1). It does so after <see cref="Dispose"/> too, unless it was told something that keeps it from it.</param>
    /// <param name="arguments">The script's $1 and so on.</param>
    public static Guardian Start(string name, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Waiting + script, name, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return new Guardian(Process.Start(start)!);
    }

    /// <summary>Tells it something that its script heeds; it knows it by the time this returns, even if this process ends in the next moment.</summary>
    public void Tell(string word)
    {
        try
        {
            _process.StandardInput.Write(word);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Somebody has killed it: it does nothing any more, and a migration must not fail for that.
        }
    }

    /// <summary>Lets it do its work and end.</summary>
    public void Dispose()
    {
        CloseInput();
        _process.WaitForExit(Patience);
        _process.Dispose();
    }
    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What could not be told to a killed one is still in the buffer; closing tries once more, and closes all the same.
        }
    }
}
