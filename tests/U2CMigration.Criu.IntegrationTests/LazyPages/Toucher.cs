using System.Diagnostics;
using System.Globalization;
using System.Text;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>native/lazy_toucher.c: plays a restored process and checks its own memory.</summary>
internal sealed class Toucher : IAsyncDisposable
{
    internal const int Id = 4711;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Toucher(Process process) => _process = process;

    internal static string Program => NativeProgram.Build("lazy_toucher");

    internal static Toucher Start(string directory, int pages, string scenario, params string[] more)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(directory, LazyPagesOptions.SocketName));
        start.ArgumentList.Add(Id.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(pages.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(scenario);
        foreach (string argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        return new Toucher(Process.Start(start)!);
    }

    internal void Order(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
    }

    internal async Task<string?> AnswerAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    internal async Task ExpectAsync(string answer) => (await AnswerAsync()).Should().Be(answer);

    /// <summary>Reads everything up to the end of the program.</summary>
    internal async Task<string> EndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new StringBuilder(output).Append("exit ").Append(_process.ExitCode).ToString();
    }

    internal void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
