namespace U2CMigration.Criu.Options;

/// <summary>A descriptor that takes the place of a dumped file.</summary>
/// <param name="Key">The dumped file as CRIU names it, for example <c>pipe:[123]</c> or <c>extRootNetNS</c>.</param>
/// <param name="Descriptor">Its number in the worker; see <see cref="Rpc.CriuWorker.InheritedDescriptor"/>.</param>
public readonly record struct CriuInheritedDescriptor(string Key, int Descriptor);
