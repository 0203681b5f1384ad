namespace U2CMigration.EndToEndTests.Faults;

/// <summary>What goes wrong.</summary>
public enum Fault
{
    SenderKilled,
    ReceiverKilled,
    BothKilled,
    SenderTerminated,
    ReceiverTerminated,
    CriuOfSenderKilled,
    CriuOfReceiverKilled,
    LinkCut,
    SenderStopped,
    ReceiverStopped,
}
