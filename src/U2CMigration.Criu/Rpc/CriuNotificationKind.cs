namespace U2CMigration.Criu.Rpc;

/// <summary>The steps that CRIU announces.</summary>
public enum CriuNotificationKind
{
    /// <summary>A step this version does not know.</summary>
    Other,

    /// <summary>Images are about to be streamed.</summary>
    PreStream,

    /// <summary>A dump begins; nothing is frozen yet.</summary>
    PreDump,

    /// <summary>All images are written and the tasks are stopped. Refusing lets the tasks run on; see <see cref="LazyDump"/> for lazy dumps.</summary>
    PostDump,

    /// <summary>A restore begins.</summary>
    PreRestore,

    /// <summary>The tasks are restored and stopped, the network is still locked. Refusing kills the restored tasks.</summary>
    PostRestore,

    /// <summary>The network of a dumped network namespace is to be locked.</summary>
    NetworkLock,

    /// <summary>The network of a dumped network namespace is to be unlocked.</summary>
    NetworkUnlock,

    /// <summary>The namespaces of the root task exist.</summary>
    SetupNamespaces,

    /// <summary>The namespaces of the root task are filled.</summary>
    PostSetupNamespaces,

    /// <summary>The restored tasks are about to run. Refusing is only logged by CRIU; it still waits for the answer.</summary>
    PreResume,

    /// <summary>The restored tasks run. Refusing is only logged by CRIU.</summary>
    PostResume,

    /// <summary>The master end of the root task's terminal is handed out.</summary>
    OrphanPtsMaster,

    /// <summary>A page server or lazy server listens.</summary>
    StatusReady,

    /// <summary>CRIU asks for files that are external to the dump.</summary>
    QueryExternalFiles,
}
