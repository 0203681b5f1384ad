using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.LazyPages.Handover;

/// <summary>What the serving thread leaves for a successor: each descriptor with its number as a member, and what was read from it.</summary>
internal sealed class ServingRecord(EventLog log, IDescriptorHolder holder)
{
    private readonly Queue<(int Member, SafeFileHandle Descriptor)> _born = new();

    /// <summary>The members so far; the next one gets this number.</summary>
    internal int Members { get; set; }

    internal EventLog Log => log;

    internal IDescriptorHolder Holder => holder;

    /// <summary>A process of the images has come.</summary>
    /// <returns>Its number as a member.</returns>
    internal int Arrived(int processId, SafeFileHandle descriptor, int numberHere)
    {
        int member = Members++;
        holder.Hold(member, descriptor);
        log.Add(RecordKind.Arrived, (ulong)processId, (ulong)numberHere);
        return member;
    }

    /// <summary>Takes the descriptors of children out of messages before anything else is done: until they are held, the death of this program costs the children their memory.</summary>
    internal void TakeChildren(ReadOnlySpan<UserfaultMessage> messages)
    {
        foreach (ref readonly UserfaultMessage message in messages)
        {
            if (message.Event == UserfaultEvent.Fork)
            {
                var descriptor = new SafeFileHandle(message.ChildDescriptor, ownsHandle: true);
                int member = Members++;
                holder.Hold(member, descriptor);
                _born.Enqueue((member, descriptor));
            }
        }
    }

    /// <summary>The next child that was taken.</summary>
    internal (int Member, SafeFileHandle Descriptor) NextChild() => _born.Dequeue();

    internal void Withheld(int member, ulong start, ulong end) => log.Add(RecordKind.Withheld, (ulong)member, start, end);

    internal void Adopted(int member) => log.Add(RecordKind.Adopted, (ulong)member);

    /// <summary>Lets go of members that lack no page. Written down before: a successor does not miss them.</summary>
    internal bool TryLetGo(IReadOnlyList<int> members)
    {
        foreach (int member in members)
        {
            log.Add(RecordKind.Complete, (ulong)member);
        }

        return holder.TryLetGo(members);
    }

    /// <summary>A member is about to be closed.</summary>
    internal void Closing(int member)
    {
        log.Add(RecordKind.Closed, (ulong)member);
        holder.Forget(member);
    }
}
