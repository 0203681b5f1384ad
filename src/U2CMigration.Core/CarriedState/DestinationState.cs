using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.CarriedState.Sockets;
using U2CMigration.Core.Processes;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.CarriedState;

/// <summary>Gives the restored tasks, while they are held, what CRIU's images leave out, and says what they could not be given.</summary>
/// <param name="isSent">Whether the source sends something.</param>
internal sealed class DestinationState(bool isSent)
{
    /// <summary>The most that a source may send: some ten thousand sockets.</summary>
    private const long MostBytes = 64 << 20;

    private const int MostNamed = 5;

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly List<string> _warnings = [];
    private readonly List<string> _lostProtections = [];
    private IReadOnlyList<IntervalTimer> _timers = [];
    private CarriedTree? _tree;

    /// <summary>What could not be given, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The protections among it.</summary>
    public IReadOnlyList<string> LostProtections => _lostProtections;

    /// <summary>Whether the source has sent something.</summary>
    public bool Any => _tree is not null;

    /// <summary>Connections that no one had accepted, which do not exist any more.</summary>
    public IReadOnlyList<CarriedConnection> Waiting => _tree?.Waiting ?? [];

    /// <summary>What the owner of the tree has noted of it on the source.</summary>
    public IReadOnlyDictionary<string, string> Owner => _tree?.Owner ?? new Dictionary<string, string>();

    /// <summary>Goes through all of it with what this process has itself, which changes nothing: what is compiled then is not compiled while a workload is down.</summary>
    public static async Task RehearseAsync()
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
        {
            return;
        }

        int own = Environment.ProcessId;
        var state = new DestinationState(isSent: true);
        state.TryTake(new Transport.Messages.CarriedState(
            CarriedSender.Write(new CarriedTree
            {
                Processes = [new CarriedProcess(own, ValuesOf(ProcessAttributes.All, own), [])],
                Threads = [new CarriedThreads([own], ValuesOf(ThreadAttributes.All, own), new Dictionary<string, long>())],
                GroupLimits = GroupLimits.Of([own]),
            }),
            IsLast: true));
        _ = new UsualOptions().Of(new SocketNature(2, 1, 6, false, false), SocketOptions.All[0]);
        await state.GiveAsync(own).ConfigureAwait(false);
    }

    /// <summary>Whether all of it is here.</summary>
    public bool IsComplete => !isSent || Any;

    /// <summary>Takes a message if it is a piece of it.</summary>
    /// <exception cref="MigrationProtocolException">It is not what a source sends.</exception>
    public bool TryTake(MigrationMessage message)
    {
        if (message is not Transport.Messages.CarriedState piece)
        {
            return false;
        }

        if (_text.WrittenCount + (long)piece.Data.Length > MostBytes)
        {
            throw new MigrationProtocolException($"at most {MostBytes >> 20} MiB of carried state", "more");
        }

        _text.Write(piece.Data.Span);
        if (piece.IsLast)
        {
            try
            {
                CarriedTree tree = JsonSerializer.Deserialize(_text.WrittenSpan, CarriedTreeText.Default.CarriedTree)
                    ?? throw new MigrationProtocolException("carried state", "nothing");
                _tree = tree.IsWhole() ? tree : throw new MigrationProtocolException("carried state", "lists with nothing in a place");
            }
            catch (JsonException e)
            {
                throw new MigrationProtocolException("carried state", $"another text ({e.Message})");
            }
        }

        return true;
    }

    /// <summary>Reads from the images what a restore leaves out although they have it.</summary>
    public void Read(ImageDirectory images) => _timers = IntervalTimerImage.ReadSingle(images);

    /// <summary>Gives all of it to the held tasks.</summary>
    /// <param name="rootProcessId">The root of the restored tree.</param>
    public async Task GiveAsync(int rootProcessId)
    {
        var numbers = new ProcessNumbers(rootProcessId);
        IReadOnlyList<int> processes = ProcessTree.List(rootProcessId);
        Dictionary<int, int> onThisHost = processes.SelectMany(ProcessTree.Threads).ToDictionary(numbers.InImages);
        int Here(int number) => onThisHost.TryGetValue(number, out int here) ? here : throw new InvalidOperationException($"{number} is none of the restored tasks");

        // A source that names others means processes of this host.
        CarriedTree tree = (_tree ?? new CarriedTree()).Of(onThisHost.ContainsKey, out IReadOnlyList<int> others);
        if (others.Count > 0)
        {
            _warnings.Add($"The source has sent attributes of {others.Count} tasks that are none of the restored ones ({string.Join(", ", others.Take(MostNamed))}); nothing was done with them.");
        }

        await Task.Run(() =>
        {
            foreach (CarriedProcess process in tree.Processes)
            {
                Give(ProcessAttributes.All, "Process", Here(process.ProcessId), process.Attributes);
            }

            foreach (CarriedThreads threads in tree.Threads)
            {
                foreach (int thread in threads.ThreadIds)
                {
                    Give(ThreadAttributes.All, "Thread", Here(thread), threads.Attributes);
                }
            }

            SocketGiving.Run(tree.Sockets, Here, _warnings);
            if (tree.GroupLimits.Count > 0 && GroupLimits.Lost(tree.GroupLimits, GroupLimits.Of(processes)) is { } lost)
            {
                _warnings.Add(lost);
            }
        }).ConfigureAwait(false);
        var inner = new InnerGiving(tree, _timers, Here);
        await inner.RunAsync().ConfigureAwait(false);
        _warnings.AddRange(inner.Warnings);
        _lostProtections.AddRange(inner.LostProtections);
    }

    private static Dictionary<string, string> ValuesOf(IReadOnlyList<OuterAttribute> attributes, int id) =>
        attributes.Select(attribute => (attribute.Name, Value: attribute.Read(id))).Where(static one => one.Value is not null).ToDictionary(static one => one.Name, static one => one.Value!);

    private void Give(IReadOnlyList<OuterAttribute> attributes, string what, int id, IReadOnlyDictionary<string, string> wanted)
    {
        foreach (OuterAttribute attribute in attributes)
        {
            if (!wanted.TryGetValue(attribute.Name, out string? value) || attribute.Read(id) == value)
            {
                continue;
            }

            string? remark;
            try
            {
                remark = attribute.Set(id, value);
                string? now = attribute.Read(id);
                remark ??= now == value ? null : $"had the {attribute.Name} {value} and has {now ?? "none"} on this host";
            }
            catch (Exception e) when (e is IOException or FormatException or OverflowException or IndexOutOfRangeException)
            {
                remark = $"had the {attribute.Name} {value}, which could not be set: {e.Message}";
            }

            if (remark is not null)
            {
                _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {id} {remark}."));
            }
        }
    }
}
