using System.Security.Cryptography;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Recurrent;

namespace U2CMigration.Prediction.Tests.Networks;

public sealed class WeightFileTests
{
    private static readonly WeightSet Sample = new("attention", 7, "made by hand", [new("a", [2, 3], [1, -2, 3.5f, 0, 1e-20f, 6]), new("b", [1], [float.MaxValue])]);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        WeightFile.Read(new MemoryStream(Bytes(Sample))).Should().BeEquivalentTo(Sample);
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        byte[] file = Bytes(Sample);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0x10;

            Reading(damaged).Should().Throw<WeightFormatException>($"byte {i} was changed");
        }
    }

    [Fact]
    public void Read_TruncatedAnywhere_IsRefused()
    {
        byte[] file = Bytes(Sample);
        for (int length = 0; length < file.Length; length++)
        {
            Reading(file[..length]).Should().Throw<WeightFormatException>();
        }
    }

    [Fact]
    public void Read_Longer_IsRefused() => Reading([.. Bytes(Sample), 0]).Should().Throw<WeightFormatException>();

    [Fact]
    public void Read_LargerThanAllowed_IsRefused() =>
        Reading(new byte[WeightFile.MostBytes + 1]).Should().Throw<WeightFormatException>().WithMessage("*at most 1048576 bytes*");

    [Fact]
    public void Read_ForeignFile_SaysSo() => Reading("{ \"weights\": [] }"u8.ToArray()).Should().Throw<WeightFormatException>().WithMessage("*not a weight file*");

    [Fact]
    public void Read_OtherVersion_NamesBoth()
    {
        byte[] file = Bytes(Sample);
        file[4] = 9;
        Reading(file).Should().Throw<WeightFormatException>().WithMessage("*version 9*version 1*");
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(100)]
    public void Read_AxisThatCannotBe_IsRefusedBeforeAnythingIsAllocated(int length)
    {
        byte[] file = Bytes(Sample with { Tensors = [new("a", [1], [1])] });
        // The length of the only axis stands before the only value and the checksum.
        BitConverter.TryWriteBytes(file.AsSpan(file.Length - SHA256.HashSizeInBytes - 8), length);
        Reading(Signed(file)).Should().Throw<WeightFormatException>();
    }

    [Fact]
    public void Read_NotANumber_IsRefused() =>
        Reading(Bytes(Sample with { Tensors = [new("a", [1], [float.NaN])] })).Should().Throw<WeightFormatException>().WithMessage("*'a'*finite*");

    [Fact]
    public void Write_TooMuch_IsRefused()
    {
        WeightSet large = Sample with { Tensors = [new("a", [300_000], new float[300_000])] };
        Action write = () => WeightFile.Write(Stream.Null, large);
        write.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Predictors_WeightsOfAnotherModel_AreRefused()
    {
        Action attention = static () => _ = new AttentionPredictor(WeightSet.Shipped("lstm"));
        Action lstm = static () => _ = new LstmPredictor(WeightSet.Shipped("attention"));
        attention.Should().Throw<WeightFormatException>().WithMessage("*'lstm'*'attention'*");
        lstm.Should().Throw<WeightFormatException>().WithMessage("*'attention'*'lstm'*");
    }

    [Fact]
    public void Predictors_MissingOrMisshapenWeights_AreRefused()
    {
        WeightSet whole = WeightSet.Shipped("attention");
        Action missing = () => _ = new AttentionPredictor(whole with { Tensors = [.. whole.Tensors.Skip(1)] });
        Action misshapen = () => _ = new AttentionPredictor(whole with { Tensors = [whole.Tensors[0] with { Shape = [1, 2] }, .. whole.Tensors.Skip(1)] });
        missing.Should().Throw<WeightFormatException>().WithMessage("*token.own*");
        misshapen.Should().Throw<WeightFormatException>().WithMessage("*[1, 2]*");
    }

    [Fact]
    public void Shipped_UnknownModel_NamesThoseThereAre()
    {
        Action get = static () => WeightSet.Shipped("oracle");
        get.Should().Throw<ArgumentException>().WithMessage("*'oracle'*'attention'*'lstm'*");
    }

    private static Action Reading(byte[] file) => () => WeightFile.Read(new MemoryStream(file));

    private static byte[] Bytes(WeightSet weights)
    {
        using MemoryStream stream = new();
        WeightFile.Write(stream, weights);
        return stream.ToArray();
    }

    private static byte[] Signed(byte[] file)
    {
        byte[] body = file[..^SHA256.HashSizeInBytes];
        return [.. body, .. SHA256.HashData(body)];
    }
}
