using System.Net;
using System.Text;
using System.Text.Json;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.CarriedState;
using U2CMigration.Transport;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>What a source says in texts: the carried state, and what the restore needs.</summary>
internal sealed class StateTarget : IFuzzTarget
{
    public string Name => "state";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        if (cursor.Byte() == 0)
        {
            string[] requirements = Encoding.UTF8.GetString(cursor.Rest()).Split('\n');
            RestoreNeeds needs = RestoreNeeds.Parse(requirements, out _);
            string[] again = [.. needs.ToRequirements()];
            if (!RestoreNeeds.Parse(again, out string? unknown).ToRequirements().SequenceEqual(again) || unknown is not null)
            {
                throw new InvalidOperationException("Needs are other ones when they were sent again.");
            }

            return;
        }

        byte[] text = cursor.Rest().ToArray();
        var state = new DestinationState(isSent: true);
        try
        {
            state.TryTake(new Transport.Messages.CarriedState(text, IsLast: true));
        }
        catch (MigrationProtocolException)
        {
            return;
        }

        Walk(JsonSerializer.Deserialize(text, CarriedTreeText.Default.CarriedTree)!);
    }

    public IEnumerable<byte[]> Seeds() =>
    [
        [0, .. "restore-with:tcp-close\nrestore-with:cgroups=Soft\nrestore-with:root=/srv\nrestore-with:external-mount=/a=/b\nrestore-with:skip-mount=/c\nrestore-with:file-system=nfs\npages-to-place"u8],
        [1, .. "{\"processes\":[{\"processId\":7,\"attributes\":{\"a\":\"b\"},\"sealed\":[4096,8192]}],\"threads\":[{\"threadIds\":[7],\"attributes\":{},\"inner\":{\"x\":1}}]}"u8],
        [1, .. "{\"sockets\":[{\"processId\":7,\"descriptor\":3,\"kind\":\"2/1/6\",\"options\":{\"a\":\"00\"},\"groups\":[{\"group\":\"224.0.0.1\",\"device\":\"eth0\",\"includes\":true,\"sources\":[\"10.0.0.1\"]}]}]}"u8],
        [1, .. "{\"groupLimits\":{\"pids.max\":\"10\"},\"waiting\":[{\"local\":\"10.0.0.1:80\",\"remote\":\"10.0.0.2:81\"}]}"u8],
    ];

    /// <summary>All of it is gone through when it is given to the tasks, which are held then.</summary>
    private static void Walk(CarriedTree tree)
    {
        int size = tree.GroupLimits.Sum(static limit => limit.Key.Length + limit.Value.Length) + tree.Waiting.Sum(static one => IPEndPoint.Parse(one.Local).Port + IPEndPoint.Parse(one.Remote).Port);
        size += tree.Processes.Sum(static process => process.Sealed.Count + SizeOf(process.Attributes));
        size += tree.Threads.Sum(static threads => threads.ThreadIds.Count + threads.Inner.Count + SizeOf(threads.Attributes));
        size += tree.Sockets.Sum(static socket => socket.Kind.Length + SizeOf(socket.Options) + socket.Groups.Sum(static group => group.Group.Length + group.Device.Length + group.Sources.Sum(static source => source.Length)));
        GC.KeepAlive(size);
    }

    private static int SizeOf(IReadOnlyDictionary<string, string> texts) => texts.Sum(static text => text.Key.Length + text.Value.Length);
}
