using System.Diagnostics;
using System.Globalization;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A running native/memory_writer, or another program that understands some of its commands.</summary>
internal sealed class MemoryWriter : IDisposable
{
    private readonly Process _process;

    internal MemoryWriter(string mode = "", string program = "memory_writer")
    {
        ProcessStartInfo start = new(NativeProgram.Build(program), mode)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.StandardOutput.ReadLine().Should().Be("ready");
    }

    internal int ProcessId => _process.Id;

    internal bool HasEnded => _process.HasExited;

    internal string Ask(string command)
    {
        Tell(command);
        return Answer();
    }

    internal void Tell(string command)
    {
        _process.StandardInput.Write(command + "\n");
        _process.StandardInput.Flush();
    }

    internal string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("memory_writer has ended");

    internal void Do(string command) => Ask(command).Should().Be("ok", "memory_writer should do '{0}'", command);

    internal MemoryBlock Map(int pages, string kind = "anon") => new(this, AskAddress($"map {pages} {kind}"), pages);

    internal MemoryBlock Grow(int pages) => new(this, AskAddress($"grow {pages}"), pages);

    internal ulong AskAddress(string command)
    {
        ulong address = ulong.Parse(Ask(command), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        address.Should().NotBe(0UL, "'{0}' should succeed", command);
        return address;
    }

    internal int Fork() => int.Parse(Ask("fork"), CultureInfo.InvariantCulture);

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends the program at the end of its input, so that it can not outlive a test.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
