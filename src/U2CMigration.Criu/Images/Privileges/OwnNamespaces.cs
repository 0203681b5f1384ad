namespace U2CMigration.Criu.Images.Privileges;

/// <summary>Kinds of namespaces.</summary>
[Flags]
internal enum OwnNamespaces
{
    None = 0,
    Pid = 1,
    Mount = 2,
    Network = 4,
    Ipc = 8,
    Uts = 16,
    User = 32,
}
