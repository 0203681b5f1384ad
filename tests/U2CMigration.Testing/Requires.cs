using System.Diagnostics.CodeAnalysis;

namespace U2CMigration.Testing;

/// <summary>
/// What a test needs from the machine, declared in its first line. An absent need skips the test with a reason. With
/// <c>U2C_REQUIRE=all</c> in the environment it fails instead, so that a test run meant to be complete cannot shrink unnoticed.
/// </summary>
public static class Requires
{
    private static readonly string[] ProgramDirectories =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The tests run as root.</summary>
    public static void Root() => That(Environment.IsPrivilegedProcess, "the test needs root");

    /// <summary>A program is on PATH (or in one of the directories of system programs).</summary>
    public static void Command(string name) => That(FindCommand(name) is not null, $"the program '{name}' is not installed");

    /// <summary>CRIU is installed and the tests run as root, which CRIU wants.</summary>
    public static void Criu()
    {
        Root();
        Command("criu");
    }

    /// <summary>A workload of native/ is compiled, or can be.</summary>
    public static void NativeProgram(string name) =>
        That(Testing.NativeProgram.IsBuilt(name) || FindCommand("gcc") is not null, $"native/{name}.c is not compiled and gcc is not installed");

    /// <summary>Rigs can be brought up: the tests run as root, on the machine itself rather than inside a host of the testbed.</summary>
    public static void Testbed()
    {
        Root();
        That(!Directory.Exists("/run/u2c-testbed-host"), "rigs are brought up from the machine, not from inside a host of one");
        Command("unshare");
        Command("nsenter");
    }

    /// <summary>The layer of the testbed with the services is there, which <c>eng/test.sh</c> installs where it can. One that is there and does not work fails its tests.</summary>
    public static void Services()
    {
        Testbed();
        if (HasLayer("services"))
        {
            return;
        }

        // They are fetched from elsewhere: also where all else is required their absence is no fault of what is tested, unless they were asked for.
        const string Reason = "the services are not installed: 'eng/testbed.sh build --services' does that (apt, 1.2 GB)";
        if (Environment.GetEnvironmentVariable("U2C_SERVICE_RESULTS") is { Length: > 0 })
        {
            Assert.Fail(Reason);
        }

        Assert.Skip(Reason);
    }

    /// <summary>The layer of the testbed with podman is there, which <c>eng/test.sh</c> installs where it can. One that is there and does not work fails its tests.</summary>
    public static void Podman()
    {
        Testbed();
        Assert.SkipUnless(HasLayer("podman"), "podman is not installed in the testbed: 'eng/testbed.sh build --podman' does that (apt, 130 MB)");
    }

    /// <summary>The kernel knows the ioctl PAGEMAP_SCAN (Linux 6.7).</summary>
    public static void PagemapScan() => That(KernelProbe.HasPagemapScan, "the kernel has no PAGEMAP_SCAN (Linux 6.7 or newer needed)");

    /// <summary>userfaultfd offers asynchronous write-protection (Linux 6.7) to this process.</summary>
    public static void WriteProtectAsync() =>
        That(KernelProbe.HasWriteProtectAsync, "userfaultfd does not offer asynchronous write-protection here (Linux 6.7 and root needed)");

    /// <summary>The kernel tracks soft-dirty pages. A choice made when it was built, so see <see cref="KernelHas"/>.</summary>
    public static void SoftDirty() =>
        KernelHas(KernelProbe.HasSoftDirty, "the kernel was built without soft-dirty tracking (CONFIG_MEM_SOFT_DIRTY)");

    /// <summary>Something that kernels have or have not: its absence is a skip even with <c>U2C_REQUIRE=all</c>. eng/vm.sh runs such tests on kernels that have it.</summary>
    public static void KernelHas(bool present, string reason) => Assert.SkipUnless(present, reason);

    /// <summary>Any other need. The reason says what is missing.</summary>
    public static void That([DoesNotReturnIf(false)] bool met, string reason)
    {
        if (met)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("U2C_REQUIRE") == "all")
        {
            Assert.Fail($"U2C_REQUIRE=all, but {reason}.");
        }

        Assert.Skip(reason);
    }

    private static bool HasLayer(string name)
    {
        string? testbed = Environment.GetEnvironmentVariable("U2C_TESTBED");
        return Directory.Exists(Path.Combine(string.IsNullOrEmpty(testbed) ? RepositoryRoot.File("artifacts", "testbed") : testbed, name));
    }

    private static string? FindCommand(string name) =>
        ProgramDirectories.Where(directory => directory.Length > 0).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
