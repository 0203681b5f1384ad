using System.Diagnostics;
using System.Globalization;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.CarriedState.Inner;

/// <summary>
/// Finds threads that have restricted themselves by Landlock, which the kernel shows nobody. A restricted thread may not look into processes outside of its domain; so there is a
/// process that every other thread of the same user may look into, and each thread is made to compare it with itself (kcmp(2)), which changes nothing.
/// </summary>
/// <remarks>Not for workloads in a user namespace of their own, nor where another security module confines them: those may not look outside anyway.</remarks>
internal sealed class LandlockProbe : IDisposable
{
    private const long Compare = 312; // kcmp
    private const long Compare32 = 349;
    private const long AddressSpace = 1; // KCMP_VM

    /// <summary>Waits for input that never comes, and ends with this process.</summary>
    private const string Waiting = "cat";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Users, string Groups, string PidNamespace), (Process Program, int Number)?> _targets = [];
    private readonly List<string> _problems = [];

    /// <summary>Why some threads could not be asked.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Starts what is needed to ask the threads of a tree, as far as it does not run yet; nothing where the kernel has no Landlock.</summary>
    public void Prepare(IEnumerable<int> processIds)
    {
        foreach (int threadId in LandlockCalls.IsOn ? processIds.SelectMany(ProcessTree.Threads) : [])
        {
            Prepare(threadId);
        }
    }

    /// <summary>The call that fails in a restricted thread; null where it would tell nothing.</summary>
    public InnerCall? CallFor(int threadId) =>
        KeyOf(threadId) is { } key && _targets.GetValueOrDefault(key) is { } target ? new InnerCall(Compare, Compare32, target.Number, target.Number, AddressSpace) : null;

    public void Dispose()
    {
        foreach ((Process Program, int Number)? target in _targets.Values)
        {
            if (target is { } started)
            {
                End(started.Program);
            }
        }

        _targets.Clear();
    }

    private void Prepare(int threadId)
    {
        if (KeyOf(threadId) is not { } key || _targets.ContainsKey(key))
        {
            return;
        }

        string? reason = LinkOf(threadId, "user") != LinkOf(Environment.ProcessId, "user") ? "it is in a user namespace of its own"
            : ProcText.TryRead(threadId, "attr/current") is { Length: > 0 } label && label.TrimEnd('\0', '\n') is not "unconfined" ? $"another security module confines it ({label.TrimEnd('\0')})"
            : null;
        try
        {
            _targets[key] = reason is null ? StartTarget(threadId, key) : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            (reason, _targets[key]) = (e.Message, null);
        }

        if (reason is not null)
        {
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"Whether process {threadId} is in a Landlock sandbox cannot be told: {reason}. If it is, it arrives without it."));
        }
    }

    /// <summary>By the end of its input: to kill a tree is to stop it first, and it would stay so if this process was killed in between.</summary>
    private static void End(Process program)
    {
        program.StandardInput.Close();
        if (!program.WaitForExit(StartLimit))
        {
            program.Kill();
            program.WaitForExit();
        }

        program.Dispose();
    }

    private static (Process Program, int Number) StartTarget(int threadId, (string Users, string Groups, string PidNamespace) key)
    {
        // Without any capability, as a thread may look only into what can do no more than itself.
        string[] waiting = ["setpriv", $"--ruid={key.Users}", $"--euid={key.Users}", $"--rgid={key.Groups}", $"--egid={key.Groups}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", Waiting];
        bool isOther = key.PidNamespace != LinkOf(Environment.ProcessId, "pid");
        string[] command = isOther ? ["nsenter", string.Create(CultureInfo.InvariantCulture, $"--target={threadId}"), "--pid", .. waiting] : waiting;
        // Nothing of this process is inherited: who waits for the end of its output should not wait for that program.
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process program = Process.Start(start) ?? throw new IOException($"{command[0]} did not start.");
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartLimit && !program.HasExited)
        {
            foreach (int candidate in ProcessTree.List(program.Id))
            {
                if (ProcessTree.TryReadStatus(candidate) is { Name: Waiting } status)
                {
                    return (program, status.NamespaceProcessIds.Count > 0 ? status.NamespaceProcessIds[^1] : candidate);
                }
            }

            Thread.Sleep(1);
        }

        string said = program.HasExited ? program.StandardError.ReadToEnd().Trim() : "it takes too long";
        End(program);
        throw new IOException($"{command[0]} (util-linux) did not start as needed: {said}");
    }

    /// <summary>The real user and group, which are what the kernel compares, and the numbers by which processes are named.</summary>
    private static (string Users, string Groups, string PidNamespace)? KeyOf(int threadId)
    {
        string[] lines = ProcText.TryRead(threadId, "status")?.Split('\n') ?? [];
        return Field("Uid:") is { } user && Field("Gid:") is { } group ? (user, group, LinkOf(threadId, "pid")) : null;

        string? Field(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split('\t')[1];
    }

    private static string LinkOf(int threadId, string kind) => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{threadId}/ns/{kind}")).LinkTarget ?? string.Empty;
}
