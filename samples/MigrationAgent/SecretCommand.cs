using System.CommandLine;
using U2CMigration.Core.Trust;

namespace MigrationAgent;

/// <summary><c>secret</c>: makes the secret of one migration.</summary>
public static class SecretCommand
{
    public static Command Create()
    {
        var command = new Command("secret", "Prints a new secret for one migration. Put it into a file that only root can read on both hosts, and give that to send and receive (--secret-file).");
        command.SetAction(static _ => Console.WriteLine(MigrationSecret.Create().Reveal()));
        return command;
    }
}
