using System.Diagnostics;

namespace LiveMigration.Client.Service;

/// <summary>The client that a service of eng/services has, as a program of its own. Disposing ends it.</summary>
public sealed class ServiceLoad : IDisposable
{
    private readonly string _script;
    private readonly Process _process;

    /// <summary>Starts it; every connection has had right answers when this returns.</summary>
    /// <exception cref="IOException">The service does not answer, or not rightly.</exception>
    public ServiceLoad(string script)
    {
        _script = script;
        _process = Run("load");
        if (Line() != "ready")
        {
            throw new IOException("The client of the service did not get ready.");
        }
    }

    /// <summary>What it has seen so far.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public ServiceReport Report()
    {
        _process.StandardInput.WriteLine("report");
        _process.StandardInput.Flush();
        return ClientJson.ReadServiceReport(Line());
    }

    /// <summary>Ends it, and has rows and sums compared with what the service told.</summary>
    /// <returns>What it saw in all.</returns>
    /// <exception cref="IOException">They are not what they should be, or it had failed.</exception>
    public ServiceReport End()
    {
        _process.StandardInput.Close();
        ServiceReport report = ClientJson.ReadServiceReport(Line());
        using Process check = Run("check");
        check.StandardInput.Close();
        string said = check.StandardOutput.ReadToEnd();
        check.WaitForExit();
        return check.ExitCode == 0 ? report : throw new IOException($"Rows or sums are not what they should be. {said}".TrimEnd());
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private string Line() => _process.StandardOutput.ReadLine() ?? throw new IOException("The client of the service has ended; what it said is above.");

    private Process Run(string command) => Process.Start(new ProcessStartInfo("bash", [_script, command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
