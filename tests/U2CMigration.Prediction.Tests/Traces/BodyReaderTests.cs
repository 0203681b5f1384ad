using CsCheck;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Tests.Traces;

/// <summary>What the checksum would let pass: bytes made on purpose.</summary>
public sealed class BodyReaderTests
{
    private static readonly byte[] NoFigures = new byte[9];

    [Fact]
    public void Read_AnyBytes_ThrowsNothingButTraceFormatException() =>
        Gen.OneOf(Gen.Byte, Gen.Byte[0, 3]).Array[0, 120].Sample(static bytes =>
        {
            try
            {
                _ = new BodyReader(bytes).Read();
            }
            catch (TraceFormatException)
            {
            }
        });

    [Fact]
    public void Read_MutatedBody_ThrowsNothingButTraceFormatException() =>
        Gen.Select(TraceGen.Trace, Gen.Int[0, int.MaxValue], Gen.Byte).Sample(static (trace, position, value) =>
        {
            using var stream = new MemoryStream();
            new BodyWriter(stream).Write(trace.Samples);
            byte[] body = stream.ToArray();
            body[position % body.Length] = value;
            try
            {
                _ = new BodyReader(body).Read();
            }
            catch (TraceFormatException)
            {
            }
        });

    [Fact]
    public void Read_MoreSamplesThanBytes_IsRefused() => Reading([0xFF, 0xFF, 0xFF, 0x7F]).Should().Throw<TraceFormatException>().WithMessage("*samples*");

    [Fact]
    public void Read_EmptyRun_IsRefused() =>
        Reading([1, 0, 0, .. NoFigures, 1, 7, 1, 5, 0]).Should().Throw<TraceFormatException>().WithMessage("*run*");

    [Fact]
    public void Read_RunBehindTheAddressSpace_IsRefused() =>
        Reading([1, 0, 0, .. NoFigures, 1, 7, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 7, 1]).Should().Throw<TraceFormatException>().WithMessage("*outside*");

    [Fact]
    public void Read_ProcessTwice_IsRefused() =>
        Reading([1, 0, 0, .. NoFigures, 2, 7, 0, 7, 0]).Should().Throw<TraceFormatException>().WithMessage("*twice*");

    [Fact]
    public void Read_NumberOfMoreThan64Bits_IsRefused() =>
        Reading([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2]).Should().Throw<TraceFormatException>().WithMessage("*64 bits*");

    [Fact]
    public void Read_UnknownFlag_IsRefused() =>
        Reading([1, 4, 0, .. NoFigures, 0]).Should().Throw<TraceFormatException>().WithMessage("*flags*");

    [Fact]
    public void Read_BytesBehindTheLastSample_AreRefused() => Reading([0, 0]).Should().Throw<TraceFormatException>().WithMessage("*left*");

    private static Action Reading(byte[] bytes) => () => _ = new BodyReader(bytes).Read();
}
