using CriuClient;

// criu-client info | dump PID DIRECTORY | pre-dump PID DIRECTORY | restore DIRECTORY
using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};
switch (args)
{
    case ["info"]:
        await Examples.InfoAsync(stopping.Token);
        break;
    case ["dump", var id, var directory]:
        await Examples.DumpAsync(int.Parse(id), directory, stopping.Token);
        break;
    case ["pre-dump", var id, var directory]:
        await Examples.PreDumpAsync(int.Parse(id), directory, stopping.Token);
        break;
    case ["restore", var directory]:
        await Examples.RestoreAsync(directory, stopping.Token);
        break;
    default:
        Console.Error.WriteLine("usage: CriuClient info | dump PID DIRECTORY | pre-dump PID DIRECTORY | restore DIRECTORY");
        return 2;
}

return 0;
