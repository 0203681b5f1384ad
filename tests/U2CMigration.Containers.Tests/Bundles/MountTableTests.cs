using U2CMigration.Containers.Bundles;

namespace U2CMigration.Containers.Tests.Bundles;

public sealed class MountTableTests
{
    private static readonly string[] Lines =
    [
        "472 444 0:229 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w,userxattr",
        "476 472 0:170 /srv/data /data rw,relatime master:1 - ext4 /dev/vda rw",
        "477 476 0:171 / /data rw,nosuid shared:2 - nfs4 server:/data rw,vers=4.2",
        "478 472 0:172 / /with\\040space rw - fuse.sshfs host: rw",
    ];

    [Fact]
    public void At_SeveralAtOnePlace_TheLastIsSeen() => MountTable.At(Lines, "/data").Should().BeEquivalentTo(new { FileSystem = "nfs4", Source = "server:/data", MountOptions = "rw,nosuid", IsOnNetwork = true });

    [Fact]
    public void At_PlaceWithASpace_IsFound() => MountTable.At(Lines, "/with space")!.IsOnNetwork.Should().BeTrue("no one knows where the files of a FUSE file system are");

    [Fact]
    public void At_Overlay_HasItsOptions()
    {
        MountLine root = MountTable.At(Lines, "/")!;
        root.IsOnNetwork.Should().BeFalse();
        root.HasOption("userxattr").Should().BeTrue();
        root.HasOption("upperdir").Should().BeFalse();
    }

    [Fact]
    public void At_NoMount_IsNone() => MountTable.At(Lines, "/data/inner").Should().BeNull();
}
