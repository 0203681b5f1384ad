using System.Diagnostics;

namespace U2CMigration.Testing;

/// <summary>The C workloads of native/, compiled into artifacts/native when their source is newer.</summary>
public static class NativeProgram
{
    private static readonly string Sources = RepositoryRoot.File("native");

    private static readonly string Programs = RepositoryRoot.File("artifacts", "native");

    // Static: it runs in the testbed, whose C library may be older than this machine's.
    private static readonly string[] Options = ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread"];

    // Without a C library, as there may be none for 32-bit programs.
    private static readonly string[] Options32 =
        ["-m32", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-nostdlib", "-ffreestanding", "-fno-pie", "-no-pie", "-fno-stack-protector", "-fno-asynchronous-unwind-tables"];

    /// <summary>The path of native/<paramref name="name"/>.c compiled, "i386/..." for 32 bits; compiles it if that has not happened since it changed.</summary>
    /// <exception cref="InvalidOperationException">It does not compile; the message holds what the compiler said.</exception>
    public static string Build(string name)
    {
        Requires.NativeProgram(name);
        Directory.CreateDirectory(Path.GetDirectoryName(ProgramOf(name))!);
        // Test assemblies run side by side; one compiles, the others find it done.
        using FileStream turn = Lock(Path.Combine(Programs, $".{name.Replace('/', '-')}.lock"));
        if (!IsBuilt(name))
        {
            Compile(name);
        }

        return ProgramOf(name);
    }

    internal static bool IsBuilt(string name)
    {
        DateTime built = File.GetLastWriteTimeUtc(ProgramOf(name));
        return File.Exists(ProgramOf(name))
            && Directory.EnumerateFiles(Sources, "*.h").Append(SourceOf(name)).All(source => File.GetLastWriteTimeUtc(source) < built);
    }

    private static string SourceOf(string name) => Path.Combine(Sources, $"{name}.c");

    private static string ProgramOf(string name) => Path.Combine(Programs, name);

    private static void Compile(string name)
    {
        string unfinished = $"{ProgramOf(name)}.{Environment.ProcessId}";
        string[] libraries = name.StartsWith("i386/", StringComparison.Ordinal) ? [] : ["-lm"];
        ProcessStartInfo gcc = new("gcc", [.. libraries.Length == 0 ? Options32 : Options, "-o", unfinished, SourceOf(name), .. libraries])
        {
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(gcc)!;
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException($"{SourceOf(name)} does not compile:\n{said}");
        }

        File.Move(unfinished, ProgramOf(name), overwrite: true);
    }

    private static FileStream Lock(string path)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 600)
            {
                Thread.Sleep(100);
            }
        }
    }
}
