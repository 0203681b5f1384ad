namespace U2CMigration.Core.Settlement;

/// <summary>Who decides what becomes of an interrupted migration.</summary>
public enum SettlementChoice
{
    /// <summary>The destination is asked, and what it has not committed to is given up there.</summary>
    AskDestination,

    /// <summary>The caller knows that nothing of it runs on the destination or ever will: the workload runs on here. If that is not so, two copies run.</summary>
    KeepSource,

    /// <summary>The caller knows that the workload runs on the destination: the frozen one is ended. If that is not so, it is lost.</summary>
    DropSource,
}
