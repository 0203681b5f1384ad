using U2CMigration.Containers.Interop;

namespace U2CMigration.Containers.Destination;

/// <summary>The mount of its root file system that runc and crun make for CRIU, and take away themselves unless they were killed.</summary>
internal static class RestoreRoot
{
    private const string Name = "criu-root";

    /// <summary>Removes it, and the directory of runc for the container if nothing else is in that.</summary>
    /// <param name="root">The root that the runtime has named to CRIU.</param>
    /// <param name="id">The container.</param>
    public static void Remove(string root, string id)
    {
        if (Path.GetFileName(root) != Name)
        {
            return;
        }

        Unmount.Try(root);
        try
        {
            if (Directory.Exists(root))
            {
                Directory.Delete(root);
            }

            string parent = Path.GetDirectoryName(root)!;
            if (Path.GetFileName(parent) == id && Directory.Exists(parent))
            {
                // Where it is the bundle it is not empty.
                Directory.Delete(parent);
            }
        }
        catch (IOException)
        {
            // Something else is in it.
        }
    }
}
