using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace U2CMigration.Core.Guardians;

/// <summary>What a guardian does in the end, as native/guardian/guardian.c reads it. Whatever step fails, the next ones are done.</summary>
internal sealed class GuardianScript
{
    private readonly ArrayBufferWriter<byte> _steps = new();

    /// <summary>The steps so far.</summary>
    public ReadOnlySpan<byte> Steps => _steps.WrittenSpan;

    /// <summary>Writes into a file that is there.</summary>
    public GuardianScript Write(string path, string content) => Step('W').Text(path).Text(content);

    /// <summary>Sends a message of netlink(7).</summary>
    public GuardianScript Send(int protocol, ReadOnlySpan<byte> message)
    {
        Step('N').Number(protocol).Number(message.Length);
        _steps.Write(message);
        return this;
    }

    /// <summary>Waits.</summary>
    public GuardianScript Wait(TimeSpan time) => Step('S').Number((int)time.TotalMilliseconds);

    /// <summary>Does steps several times.</summary>
    public GuardianScript Repeat(int times, GuardianScript steps)
    {
        Step('L').Number(times).Number(steps.Steps.Length);
        _steps.Write(steps.Steps);
        return this;
    }

    /// <summary>Renames a file, if it is there.</summary>
    public GuardianScript Rename(string from, string to) => Step('M').Text(from).Text(to);

    /// <summary>Removes a file, if it is there.</summary>
    public GuardianScript Remove(string path) => Step('U').Text(path);

    /// <summary>Removes an empty directory.</summary>
    public GuardianScript RemoveDirectory(string path) => Step('R').Text(path);

    /// <summary>Moves all processes of a control group to another one.</summary>
    /// <param name="from">The file that lists them.</param>
    /// <param name="to">The file that takes them.</param>
    public GuardianScript MoveProcesses(string from, string to) => Step('G').Text(from).Text(to);

    /// <summary>Ends the mode in which CRIU reads connections, in all sockets of a tree.</summary>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <param name="group">A file that lists processes of it, too; empty for none.</param>
    public GuardianScript EndRepairMode(int rootProcessId, string group) => Step('P').Number(rootProcessId).Text(group);

    /// <summary>Gives a borrowed setting back, see <see cref="SystemSettings.BorrowedSettings"/>.</summary>
    public GuardianScript GiveBack(string lockPath, string beforePath, string directory, string prefix, string setting, string value) =>
        Step('B').Text(lockPath).Text(beforePath).Text(directory).Text(prefix).Text(setting).Text(value);

    /// <summary>Kills all processes of control groups, thawed where that takes it, until none is left or four seconds are over.</summary>
    /// <param name="groups">Their directories.</param>
    public GuardianScript EndGroups(IReadOnlyList<string> groups)
    {
        Step('K').Number(groups.Count);
        foreach (string group in groups)
        {
            Text(group);
        }

        return this;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">Its path and its arguments.</param>
    public GuardianScript Run(IReadOnlyList<string> command)
    {
        Step('X').Number(command.Count);
        foreach (string argument in command)
        {
            Text(argument);
        }

        return this;
    }

    /// <summary>What is sent to a guardian: its name and what it does.</summary>
    /// <param name="name">What it is called in a list of processes; 15 characters are shown.</param>
    /// <param name="undo">What it does if it was not told that all is settled.</param>
    /// <param name="settled">What it does if it was.</param>
    public static byte[] ToBytes(string name, GuardianScript undo, GuardianScript settled)
    {
        var whole = new GuardianScript();
        whole.Text(name);
        foreach (GuardianScript section in (ReadOnlySpan<GuardianScript>)[undo, settled])
        {
            whole.Number(section.Steps.Length);
            whole._steps.Write(section.Steps);
        }

        byte[] bytes = new byte[sizeof(int) + whole.Steps.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, whole.Steps.Length);
        whole.Steps.CopyTo(bytes.AsSpan(sizeof(int)));
        return bytes;
    }

    private GuardianScript Step(char kind)
    {
        Byte((byte)kind);
        return this;
    }

    private void Byte(byte value)
    {
        _steps.GetSpan(1)[0] = value;
        _steps.Advance(1);
    }

    private GuardianScript Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _steps.Write(bytes);
        return this;
    }

    private GuardianScript Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length + 1);
        _steps.Write(bytes);
        Byte(0);
        return this;
    }
}
