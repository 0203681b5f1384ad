namespace U2CMigration.Criu.Options;

/// <summary>What to restore, and how.</summary>
public sealed record CriuRestoreOptions : CriuTaskOptions
{
    /// <summary>Creates options with CRIU's defaults.</summary>
    public CriuRestoreOptions()
        : base("restore.log")
    {
    }

    /// <summary>Private memory is served by a lazy pages daemon that listens on <c>lazy-pages.socket</c> in the work directory.</summary>
    /// <value>Default: false.</value>
    public bool LazyPages { get; init; }

    /// <summary>The root of the restored tree becomes a child of this process, which then has to wait for it.</summary>
    /// <value>Default: false, it is adopted by init or the nearest subreaper.</value>
    public bool AsChild { get; init; }

    /// <summary>Existing namespaces that the tasks join.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<CriuJoinNamespace> JoinNamespaces { get; init; } = [];

    /// <summary>Descriptors that take the place of dumped files.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<CriuInheritedDescriptor> InheritedDescriptors { get; init; } = [];

    /// <summary>Pages files are emptied while they are read, to need less space.</summary>
    /// <value>Default: false. The images can be used only once then.</value>
    public bool AutoDeduplicate { get; init; }

    /// <summary>The directory under which control group file systems are found during the restore. CRIU 3.14.</summary>
    /// <value>Default: empty.</value>
    public string CgroupYard { get; init; } = string.Empty;

    /// <summary>Files may have other rights than when they were dumped. CRIU 3.18.</summary>
    /// <value>Default: false.</value>
    public bool SkipFileRightsCheck { get; init; }

    private protected override void Validate(OptionProblems problems)
    {
        problems.AddIf(
            JoinNamespaces.Any(static item => item.Kind is not { Length: > 0 } || item.Path is not { Length: > 0 }),
            $"{nameof(JoinNamespaces)} has an entry without a kind or path");
        problems.AddIf(
            InheritedDescriptors.Any(static item => item.Key is not { Length: > 0 } || item.Descriptor < 0),
            $"{nameof(InheritedDescriptors)} has an entry without a key or descriptor");
    }
}
