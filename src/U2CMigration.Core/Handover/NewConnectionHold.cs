using System.ComponentModel;
using System.Net;
using U2CMigration.Core.Guardians;

namespace U2CMigration.Core.Handover;

/// <summary>
/// Keeps attempts to connect to an address away from the sockets of this host, for the moments before a freeze: what the kernel completes then and the workload does not accept any more would
/// be given up. A relay holds the attempts and passes them on.
/// </summary>
internal sealed class NewConnectionHold
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly FirewallTable _table;
    private readonly TaskCompletionSource _now = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _ending = Task.CompletedTask;

    private NewConnectionHold(FirewallTable table) => _table = table;

    /// <summary>Begins to hold; null where there is no nft(8): connections that are made in these moments are given up then, and counted.</summary>
    public static NewConnectionHold? TryInstall(IPAddress address)
    {
        string table = $"u2c-new-{Guid.NewGuid():N}"[..30];
        try
        {
            return new NewConnectionHold(FirewallTable.Install([], table, RulesFor(table, address)));
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Lets them pass again, but not in the freeze, which has no processor time to spare for it.</summary>
    public void EndSoon() => _ending = EndLaterAsync();

    /// <summary>Lets them pass again; returns when they do.</summary>
    public async Task EndAsync()
    {
        _now.TrySetResult();
        await _ending.ConfigureAwait(false);
        _table.Dispose();
    }

    private async Task EndLaterAsync()
    {
        await Task.WhenAny(_now.Task, Task.Delay(Pause)).ConfigureAwait(false);
        _table.Dispose();
    }

    internal static string RulesFor(string table, IPAddress address) =>
        $"table inet {table} {{\n chain arriving {{\n  type filter hook input priority filter; policy accept;\n  ip daddr {address} tcp flags & (syn | ack) == syn drop\n }}\n}}\n";
}
