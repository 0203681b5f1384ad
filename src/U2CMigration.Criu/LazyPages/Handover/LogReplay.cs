using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.LazyPages.Handover;

/// <summary>Brings the record of restored memory to where a predecessor has left it, from what that one had read.</summary>
internal sealed class LogReplay(RestoredTasks tasks, LazyPagesCounters counters, ServingRecord record, IReadOnlyDictionary<int, SafeFileHandle> descriptors)
{
    private readonly List<RestoredTask> _members = [];
    private readonly List<RestoredTask> _children = [];
    private readonly Dictionary<int, RestoredTask> _parentsOfUnadopted = [];
    private readonly HashSet<int> _mayBeGone = [];

    /// <summary>Does so.</summary>
    /// <exception cref="CriuException">Memory of a process was lost: it reads zeros in place of its pages, and must end.</exception>
    internal void Run()
    {
        EventLog log = record.Log;
        if (log.IsFull)
        {
            throw Lost("more has happened to the memory than could be written down");
        }

        FindThoseThatMayBeGone(log);
        var messages = new TaskMessages(counters);
        for (long index = 0; index < log.Count; index++)
        {
            Apply(log, index, messages);
        }

        record.Members = _members.Count;
        _members.Where(static task => task.Descriptor is { IsInvalid: true, IsClosed: false }).ToList().ForEach(tasks.CloseTaken);
        foreach ((int member, RestoredTask parent) in _parentsOfUnadopted)
        {
            if (!ForkedMemory.TryWithhold(_members[member], parent.NumberHere, record))
            {
                throw Lost("a process was killed right after a fork, and it is not known what its child was to get");
            }

            record.Adopted(member);
        }

        foreach (RestoredTask task in tasks.Open)
        {
            // A predecessor may not have come to that.
            Userfaultfd.Adopt(task.Descriptor);

            // What was touched and read, and not answered.
            Userfaultfd.WakeAll(task.Descriptor);
        }
    }

    private void FindThoseThatMayBeGone(EventLog log)
    {
        for (long index = 0; index < log.Count; index++)
        {
            if (log.KindAt(index) is RecordKind.Closed or RecordKind.Complete)
            {
                _mayBeGone.Add((int)log[index].First);
            }
        }
    }

    private void Apply(EventLog log, long index, TaskMessages messages)
    {
        ref readonly UserfaultMessage entry = ref log[index];
        switch (log.KindAt(index))
        {
            case RecordKind.Arrived:
                _members.Add(tasks.Arrived((int)entry.First, DescriptorOf(_members.Count), (int)entry.Second, _members.Count));
                break;
            case RecordKind.Batch when Member(entry.First) is { Descriptor.IsClosed: false } task:
                messages.Apply(task, log.BatchAt(index), 0, new Queue<Touch>(), _children, Copy);
                _children.ForEach(tasks.Add);
                _children.Clear();
                break;
            case RecordKind.Withheld:
                _ = Member(entry.First).Discard(entry.Second, entry.Third);
                break;
            case RecordKind.Adopted:
                _parentsOfUnadopted.Remove((int)entry.First);
                break;
            case RecordKind.Closed:
                _parentsOfUnadopted.Remove((int)entry.First);
                record.Holder.Forget((int)entry.First);
                tasks.CloseTaken(Member(entry.First));
                break;
        }
    }

    private RestoredTask Copy(RestoredTask parent, int number)
    {
        RestoredTask child = parent.Copy(DescriptorOf(_members.Count), _members.Count);
        _parentsOfUnadopted.Add(_members.Count, parent);
        _members.Add(child);
        return child;
    }

    private RestoredTask Member(ulong number) => number < (ulong)_members.Count ? _members[(int)number] : throw Lost("what was written down about it makes no sense");

    private SafeFileHandle DescriptorOf(int member) =>
        descriptors.TryGetValue(member, out SafeFileHandle? descriptor) ? descriptor
        : _mayBeGone.Contains(member) ? new SafeFileHandle(-1, ownsHandle: true)
        : throw Lost("the program that served it was killed in the moment of a fork");

    private static CriuException Lost(string why) =>
        new($"Memory of the restored processes was lost: {why}. They would read zeros in place of pages. Kill them.", "LAZY_PAGES");
}
