using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Workers;

/// <summary>Starts a program with exactly the descriptors it is given, in a session of its own.</summary>
/// <remarks>
/// System.Diagnostics.Process can not do this: its child inherits every descriptor that is not closed on exec, and a descriptor meant for the
/// child alone would have to be inheritable for a moment in which any other started process would take it along. A session of its own keeps
/// the Ctrl-C of a terminal away from a dump in progress and makes the program and its children one process group that can be ended as a whole.
/// </remarks>
internal static unsafe class ProcessStarter
{
    /// <summary>The number that the first descriptor gets in the started program.</summary>
    internal const int FirstDescriptor = 3;

    private const int ReadWrite = 2;

    // Duplicates are made above every number that dup2 will overwrite.
    private const int ScratchDescriptor = 128;

    /// <summary>Starts a program whose descriptors 0 to 2 are /dev/null, or 2 what takes its words, and whose further ones are the given, in order.</summary>
    /// <returns>The process id; the caller has to collect it.</returns>
    internal static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<SafeHandle> descriptors, SafeHandle? standardError = null)
    {
        var duplicates = new List<SafeFileHandle>(descriptors.Count);
        byte* actions = stackalloc byte[Spawn.OpaqueBytes];
        byte* attributes = stackalloc byte[Spawn.OpaqueBytes];
        Check(Spawn.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        Check(Spawn.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        try
        {
            foreach (SafeHandle descriptor in descriptors)
            {
                duplicates.Add(Descriptor.DuplicateAbove(descriptor, ScratchDescriptor));
            }

            using SafeFileHandle? words = standardError is null ? null : Descriptor.DuplicateAbove(standardError, ScratchDescriptor);
            AddDescriptors(actions, duplicates, words);
            SetAttributes(attributes);
            return Spawned(path, arguments, actions, attributes);
        }
        finally
        {
            _ = Spawn.posix_spawn_file_actions_destroy(actions);
            _ = Spawn.posix_spawnattr_destroy(attributes);
            duplicates.ForEach(static duplicate => duplicate.Dispose());
        }
    }

    /// <summary>The same for a program that is to lie at the same addresses each time it is started.</summary>
    internal static int StartAtFixedAddresses(string path, IReadOnlyList<string> arguments, IReadOnlyList<SafeHandle> descriptors)
    {
        // The setting stays with the thread, and all that it starts inherits it: so the thread does nothing else.
        int processId = 0;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Personality.FixAddresses();
                processId = Start(path, arguments, descriptors);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true, Name = "criu start" };
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return processId;
    }

    private static void AddDescriptors(byte* actions, List<SafeFileHandle> descriptors, SafeFileHandle? standardError)
    {
        fixed (byte* nowhere = "/dev/null\0"u8)
        {
            Check(Spawn.posix_spawn_file_actions_addopen(actions, 0, nowhere, ReadWrite, 0), "posix_spawn_file_actions_addopen");
        }

        Check(Spawn.posix_spawn_file_actions_adddup2(actions, 0, 1), "posix_spawn_file_actions_adddup2");
        Check(Spawn.posix_spawn_file_actions_adddup2(actions, standardError is null ? 0 : (int)standardError.DangerousGetHandle(), 2), "posix_spawn_file_actions_adddup2");
        for (int index = 0; index < descriptors.Count; index++)
        {
            int source = (int)descriptors[index].DangerousGetHandle();
            Check(Spawn.posix_spawn_file_actions_adddup2(actions, source, FirstDescriptor + index), "posix_spawn_file_actions_adddup2");
        }

        Check(Spawn.posix_spawn_file_actions_addclosefrom_np(actions, FirstDescriptor + descriptors.Count), "posix_spawn_file_actions_addclosefrom_np");
    }

    private static void SetAttributes(byte* attributes)
    {
        // The .NET runtime ignores SIGPIPE and blocks nothing we want blocked; a started program would inherit both.
        byte* signals = stackalloc byte[Spawn.OpaqueBytes];
        _ = Spawn.sigemptyset(signals);
        Check(Spawn.posix_spawnattr_setsigmask(attributes, signals), "posix_spawnattr_setsigmask");
        _ = Spawn.sigfillset(signals);
        Check(Spawn.posix_spawnattr_setsigdefault(attributes, signals), "posix_spawnattr_setsigdefault");
        Check(Spawn.posix_spawnattr_setflags(attributes, Spawn.SetSignalMask | Spawn.SetSignalDefault | Spawn.SetSession), "posix_spawnattr_setflags");
    }

    private static int Spawned(string path, IReadOnlyList<string> arguments, byte* actions, byte* attributes)
    {
        var environment = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{variable.Key}={variable.Value}");
        }

        byte** argumentList = ToNative(arguments);
        byte** environmentList = ToNative(environment);
        byte* program = (byte*)Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            int processId;
            int errno = Spawn.posix_spawn(&processId, program, actions, attributes, argumentList, environmentList);
            return errno == 0
                ? processId
                : throw new CriuException($"The program '{path}' cannot be started: {Errno.Describe(errno)}. Nothing was touched.", "start", errno);
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)program);
            Free(argumentList);
            Free(environmentList);
        }
    }

    private static byte** ToNative(IReadOnlyList<string> strings)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        for (int index = 0; index < strings.Count; index++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(strings[index]);
            list[index] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(list[index], bytes.Length));
        }

        return list;
    }

    private static void Free(byte** list)
    {
        for (byte** item = list; *item != null; item++)
        {
            NativeMemory.Free(*item);
        }

        NativeMemory.Free(list);
    }

    private static void Check(int errno, string call)
    {
        if (errno != 0)
        {
            throw new IOException($"{call} failed: {Errno.Describe(errno)}. Check the limit of open files (ulimit -n).");
        }
    }
}
