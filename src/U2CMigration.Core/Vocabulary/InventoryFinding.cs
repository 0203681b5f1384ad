using System.Globalization;

namespace U2CMigration.Core.Inventory;

/// <summary>Something of a workload that needs attention before it is moved.</summary>
public sealed record InventoryFinding
{
    internal InventoryFinding()
    {
    }

    /// <summary>What kind of thing it is.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>What it means with the options as they are.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>A process that has it, as numbered on this host.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The name of the process.</summary>
    public required string ProcessName { get; init; }

    /// <summary>The thing: a descriptor, a mapping, an address.</summary>
    public required string Thing { get; init; }

    /// <summary>Why it needs attention.</summary>
    public required string Reason { get; init; }

    /// <summary>What helps.</summary>
    public required string Remedy { get; init; }

    /// <summary>The option that allows it, of the library and of the agent; empty when there is none.</summary>
    public required string Option { get; init; }

    /// <summary>The connection that it is about, and whose other end is on this host.</summary>
    internal (System.Net.IPEndPoint Local, System.Net.IPEndPoint Remote)? Connection { get; init; }

    /// <summary>All of it, for people.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture, $"Process {ProcessId} ({ProcessName}) has {Thing}: {Reason}. {Remedy}{(Severity == FindingSeverity.Information || Option.Length == 0 ? "" : $" Option: {Option}.")}");
}
