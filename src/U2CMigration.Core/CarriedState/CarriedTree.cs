using System.Net;
using System.Text.Json.Serialization;
using U2CMigration.Core.WaitingConnections;

namespace U2CMigration.Core.CarriedState;

/// <summary>What the tasks of a frozen tree have and CRIU's images leave out. All numbers of processes and threads are those of the images.</summary>
internal sealed record CarriedTree
{
    // Set, not initialised: the generated reader would make those that a text does not have null.

    /// <summary>The processes.</summary>
    public IReadOnlyList<CarriedProcess> Processes { get; set; } = [];

    /// <summary>Threads that have the same attributes; each thread is in one of them.</summary>
    public IReadOnlyList<CarriedThreads> Threads { get; set; } = [];

    /// <summary>The sockets, each once.</summary>
    public IReadOnlyList<CarriedSocket> Sockets { get; set; } = [];

    /// <summary>The limits that the control groups of the root set, by name.</summary>
    public IReadOnlyDictionary<string, string> GroupLimits { get; set; } = new Dictionary<string, string>();

    /// <summary>Connections that no one had accepted, as local and remote end.</summary>
    public IReadOnlyList<CarriedConnection> Waiting { get; set; } = [];

    /// <summary>What the owner of the tree has noted of it, by name.</summary>
    public IReadOnlyDictionary<string, string> Owner { get; set; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether it is what a source sends. Members that are missing or null are refused by the reader itself, but not what lies in lists; and the addresses of connections are used only after the commit,
    /// when it is too late to refuse them.
    /// </summary>
    public bool IsWhole() =>
        Processes.All(static one => one is not null && AreTexts(one.Attributes))
        && Threads.All(static one => one is not null && AreTexts(one.Attributes))
        && Sockets.All(static one => one is not null && AreTexts(one.Options) && one.Groups.All(static group => group is not null && group.Sources.All(static source => source is not null)))
        && AreTexts(GroupLimits)
        && AreTexts(Owner)
        && Waiting.All(static one => one is not null && IPEndPoint.TryParse(one.Local, out IPEndPoint? local) && IPEndPoint.TryParse(one.Remote, out IPEndPoint? remote) && local.AddressFamily == remote.AddressFamily);

    /// <summary>What of it is for certain processes and threads.</summary>
    /// <param name="isMeant">Whether a number is one of theirs.</param>
    /// <param name="others">The other numbers that it names.</param>
    public CarriedTree Of(Func<int, bool> isMeant, out IReadOnlyList<int> others)
    {
        others = [.. Processes.Select(static one => one.ProcessId).Concat(Threads.SelectMany(static one => one.ThreadIds)).Concat(Sockets.Select(static one => one.ProcessId)).Where(number => !isMeant(number)).Distinct()];
        return others.Count == 0 ? this : this with
        {
            Processes = [.. Processes.Where(one => isMeant(one.ProcessId))],
            Threads = [.. Threads.Select(one => one with { ThreadIds = [.. one.ThreadIds.Where(isMeant)] })],
            Sockets = [.. Sockets.Where(one => isMeant(one.ProcessId))],
        };
    }

    private static bool AreTexts(IReadOnlyDictionary<string, string> texts) => texts.Values.All(static text => text is not null);
}

/// <summary>What a process has as a whole.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Attributes">What can be read and set from outside, by name.</param>
/// <param name="Sealed">Addresses, start and end, of mappings that may not be changed.</param>
internal sealed record CarriedProcess(int ProcessId, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<ulong> Sealed);

/// <summary>What some threads have.</summary>
/// <param name="ThreadIds">The threads.</param>
/// <param name="Attributes">What can be read and set from outside, by name.</param>
/// <param name="Inner">What only a thread itself can read and set, by name.</param>
internal sealed record CarriedThreads(IReadOnlyList<int> ThreadIds, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, long> Inner);

/// <summary>What a socket has.</summary>
/// <param name="ProcessId">A process that has it open.</param>
/// <param name="Descriptor">Its descriptor there.</param>
/// <param name="Kind">Family, type and protocol, so that no other socket is taken for it.</param>
/// <param name="Options">The options, by name; hexadecimal bytes.</param>
/// <param name="Groups">The multicast groups that it is a member of.</param>
internal sealed record CarriedSocket(int ProcessId, int Descriptor, string Kind, IReadOnlyDictionary<string, string> Options, IReadOnlyList<CarriedMembership> Groups);

/// <summary>A socket's membership in a multicast group.</summary>
/// <param name="Group">The address of the group.</param>
/// <param name="Device">The name of the network device.</param>
/// <param name="Includes">Whether only the sources are listened to; otherwise all but them.</param>
/// <param name="Sources">Addresses of senders.</param>
internal sealed record CarriedMembership(string Group, string Device, bool Includes, IReadOnlyList<string> Sources);

/// <summary>The text in which it travels. What a newer version adds is passed over by an older one, which then does not carry it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CarriedTree))]
internal sealed partial class CarriedTreeText : JsonSerializerContext;
