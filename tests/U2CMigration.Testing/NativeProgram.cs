using System.Diagnostics;

namespace U2CMigration.Testing;

/// <summary>The C workloads of native/, compiled into artifacts/native when their source is newer.</summary>
public static class NativeProgram
{
    private static readonly string Sources = RepositoryRoot.File("native");

    private static readonly string Programs = RepositoryRoot.File("artifacts", "native");

    /// <summary>The path of native/<paramref name="name"/>.c compiled; compiles it if that has not happened since it changed.</summary>
    /// <exception cref="InvalidOperationException">It does not compile; the message holds what the compiler said.</exception>
    public static string Build(string name)
    {
        Requires.NativeProgram(name);
        Directory.CreateDirectory(Programs);
        // Test assemblies run side by side; one compiles, the others find it done.
        using FileStream turn = Lock(Path.Combine(Programs, $".{name}.lock"));
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

    // Static: it runs in the testbed, whose C library may be older than this machine's.
    private static void Compile(string name)
    {
        string unfinished = $"{ProgramOf(name)}.{Environment.ProcessId}";
        ProcessStartInfo gcc = new("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-o", unfinished, SourceOf(name), "-lm"])
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
