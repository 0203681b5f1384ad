namespace U2CMigration.Criu.Rpc;

/// <summary>Answers a notification of CRIU. CRIU waits for as long as the answer takes.</summary>
/// <param name="notification">The step reached.</param>
/// <param name="cancellationToken">Cancelled when the request is.</param>
/// <returns>True to go on, false to refuse. An exception refuses too, and is thrown to the caller of the request once CRIU has cleaned up.</returns>
public delegate ValueTask<bool> CriuNotificationHandler(CriuNotification notification, CancellationToken cancellationToken);
