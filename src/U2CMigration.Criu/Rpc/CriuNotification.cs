namespace U2CMigration.Criu.Rpc;

/// <summary>A step that CRIU has reached; CRIU waits until it is answered.</summary>
/// <param name="Kind">The step, or <see cref="CriuNotificationKind.Other"/> for a name this version does not know.</param>
/// <param name="Name">The step as CRIU calls it, for example <c>post-dump</c>.</param>
/// <param name="ProcessId">The root of the restored tree at setup-namespaces and post-restore; 0 at every other step.</param>
public readonly record struct CriuNotification(CriuNotificationKind Kind, string Name, int ProcessId)
{
    internal static CriuNotification From(string name, int processId) => new(KindOf(name), name, processId);

    private static CriuNotificationKind KindOf(string name) => name switch
    {
        "pre-stream" => CriuNotificationKind.PreStream,
        "pre-dump" => CriuNotificationKind.PreDump,
        "post-dump" => CriuNotificationKind.PostDump,
        "pre-restore" => CriuNotificationKind.PreRestore,
        "post-restore" => CriuNotificationKind.PostRestore,
        "network-lock" => CriuNotificationKind.NetworkLock,
        "network-unlock" => CriuNotificationKind.NetworkUnlock,
        "setup-namespaces" => CriuNotificationKind.SetupNamespaces,
        "post-setup-namespaces" => CriuNotificationKind.PostSetupNamespaces,
        "pre-resume" => CriuNotificationKind.PreResume,
        "post-resume" => CriuNotificationKind.PostResume,
        "orphan-pts-master" => CriuNotificationKind.OrphanPtsMaster,
        "status-ready" => CriuNotificationKind.StatusReady,
        "query-ext-files" => CriuNotificationKind.QueryExternalFiles,
        _ => CriuNotificationKind.Other,
    };
}
