using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Guardians;

/// <summary>The program of the guardians: four kilobytes without a library, carried in this assembly and run from memory, so that nothing on the host can be missing. Its source is native/guardian/guardian.c.</summary>
internal static class GuardianProgram
{
    private const UnixFileMode OwnerMayRun = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lazy<SafeFileHandle> File = new(Load);

    /// <summary>What to execute.</summary>
    /// <exception cref="IOException">There is none for this processor, or it cannot be run here.</exception>
    public static string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{File.Value.DangerousGetHandle()}");

    /// <summary>The program.</summary>
    /// <exception cref="IOException">There is none for this processor.</exception>
    public static byte[] Read()
    {
#pragma warning disable CA1308 // the names of the files are written in lower case
        string name = $"guardian-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
#pragma warning restore CA1308
        using Stream stream = typeof(GuardianProgram).Assembly.GetManifestResourceStream(name)
            ?? throw new IOException($"There is no guardian for {RuntimeInformation.ProcessArchitecture}, so nothing would let the workload run on if this process were killed while it is frozen. Migrate on x86-64.");
        byte[] program = new byte[stream.Length];
        stream.ReadExactly(program);
        return program;
    }

    private static SafeFileHandle Load()
    {
        byte[] program = Read();
        if (Executable.TryCreate("u2c-guardian\0"u8) is { } memory)
        {
            RandomAccess.Write(memory, program, 0);
            return memory;
        }

        // The kernel runs nothing from memory (vm.memfd_noexec): a file does, which has no name for longer than this takes.
        string path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"u2c-guardian-{Guid.NewGuid():N}");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerMayRun;
            }

            using (var file = new FileStream(path, options))
            {
                file.Write(program);
            }

            return System.IO.File.OpenHandle(path);
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }
}
