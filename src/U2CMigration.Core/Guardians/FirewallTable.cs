using System.ComponentModel;
using System.Diagnostics;

namespace U2CMigration.Core.Guardians;

/// <summary>A table of nftables, by nft(8), that goes when it is disposed of; a guardian removes it also when this process is killed.</summary>
internal sealed class FirewallTable : IDisposable
{
    /// <summary>What installs it.</summary>
    internal const string Program = "nft";

    private readonly Guardian _guardian;
    private bool _kept;
    private bool _disposed;

    private FirewallTable(Guardian guardian) => _guardian = guardian;

    /// <summary>Installs a table.</summary>
    /// <param name="prefix">A command in front of nft, for another network namespace.</param>
    /// <param name="table">The name of the table in the family inet.</param>
    /// <param name="rules">The table, as nft reads it.</param>
    /// <exception cref="IOException">nft refuses the rules.</exception>
    /// <exception cref="Win32Exception">There is no nft.</exception>
    public static FirewallTable Install(IReadOnlyList<string> prefix, string table, string rules)
    {
        // It removes the table in its own network namespace, which is that of the table, even if no one else is in it any more.
        GuardianScript undo = prefix.Count == 0
            ? new GuardianScript().Send(TableRemoval.Protocol, TableRemoval.Of(table))
            : new GuardianScript().Run([ProgramPath.Find(prefix[0]), .. prefix.Skip(1), Program, "delete", "table", "inet", table]);
        var guardian = Guardian.Start("u2c-connection-guardian", undo);
        try
        {
            Run(prefix, rules);
            return new FirewallTable(guardian);
        }
        catch
        {
            guardian.Dispose();
            throw;
        }
    }

    /// <summary>From now on the table stays if this process is killed.</summary>
    public void Keep()
    {
        if (!_kept)
        {
            _kept = true;
            _guardian.Settle();
        }
    }

    /// <summary>Removes the table; returns when packets pass.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            if (_kept)
            {
                _guardian.Settle(isSettled: false);
            }

            _guardian.Dispose();
        }
    }

    private static void Run(IReadOnlyList<string> prefix, string rules)
    {
        string[] command = [.. prefix, Program, "-f", "-"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(rules);
        process.StandardInput.Close();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"nft refused the rules: {error.Trim()}");
        }
    }
}
