using U2CMigration.Core.Receiving;

namespace U2CMigration.Core.Destination;

/// <summary>Which way of giving pages to the processes is open.</summary>
internal static class RestoreChoice
{
    private const string Setting = "/proc/sys/vm/unprivileged_userfaultfd";

    /// <summary>What to say when first touch was asked for and is not open to a workload in a user namespace of its own.</summary>
    public const string UserNamespaceSentence =
        $"The workload is in a user namespace of its own, in which the kernel of the destination gives no userfaultfd (vm.unprivileged_userfaultfd is 0), and {nameof(RestoreMode.FirstTouch)} was asked for. "
        + $"Receive with {nameof(RestoreMode.Auto)} or {nameof(RestoreMode.FlatImages)}, or set vm.unprivileged_userfaultfd=1 on the destination for the time of the migration.";

    /// <summary>Whether processes in a user namespace of their own may be restored by first touch: CRIU makes the userfaultfd inside of them.</summary>
    /// <remarks>The setting came with Linux 5.2. Before it everybody was allowed to.</remarks>
    public static bool UserNamespacesHaveFirstTouch()
    {
        try
        {
            return File.ReadAllText(Setting).AsSpan().Trim() is not "0";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }

    /// <summary>The way to take; null when the one that was asked for is not open.</summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="lazyPages">Whether CRIU and the kernel can.</param>
    /// <param name="ownUserNamespace">Whether the processes are in a user namespace of their own.</param>
    /// <param name="namespacesHaveFirstTouch">See <see cref="UserNamespacesHaveFirstTouch"/>.</param>
    public static RestoreMode? Of(RestoreMode wanted, bool lazyPages, bool ownUserNamespace, bool namespacesHaveFirstTouch)
    {
        bool open = lazyPages && (!ownUserNamespace || namespacesHaveFirstTouch);
        return wanted switch
        {
            RestoreMode.FlatImages => RestoreMode.FlatImages,
            RestoreMode.FirstTouch => open ? RestoreMode.FirstTouch : null,
            _ => open ? RestoreMode.FirstTouch : RestoreMode.FlatImages,
        };
    }
}
