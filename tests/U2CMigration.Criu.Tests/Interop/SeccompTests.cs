using System.Runtime.CompilerServices;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.Tests.Interop;

public sealed class SeccompTests
{
    private const uint Write = 1;
    private const uint ReadAndWrite = 3;

    [Fact]
    public void Structures_HaveTheSizesOfTheKernel()
    {
        Unsafe.SizeOf<Seccomp.Question>().Should().Be(80);
        Unsafe.SizeOf<Seccomp.Answer>().Should().Be(24);
        Unsafe.SizeOf<Seccomp.DescriptorAnswer>().Should().Be(24);
    }

    [Fact]
    public void Numbers_AreThoseOfTheFormula()
    {
        Seccomp.NotifReceive.Should().Be(Number(ReadAndWrite, 0, Unsafe.SizeOf<Seccomp.Question>()));
        Seccomp.NotifSend.Should().Be(Number(ReadAndWrite, 1, Unsafe.SizeOf<Seccomp.Answer>()));
        Seccomp.NotifAddDescriptor.Should().Be(Number(Write, 3, Unsafe.SizeOf<Seccomp.DescriptorAnswer>()));
        Seccomp.NotifSetFlags.Should().Be(Number(Write, 4, sizeof(ulong)));
    }

    private static uint Number(uint direction, uint number, int size) => (direction << 30) | ((uint)size << 16) | ((uint)'!' << 8) | number;
}
