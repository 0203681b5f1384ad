using U2CMigration.Core.Agreement;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Agreement;

public sealed class ProcessorFeaturesTests
{
    private const string Old = "flags\t\t: fpu sse2 pcid rep_good";
    private const string New = "flags\t\t: fpu sse2 avx2 avx512_future sha_ni xsaves";

    [Fact]
    public void Missing_WhatOneProcessorLacks_IsNamed() =>
        ProcessorFeatures.Missing(["avx2", "sha_ni", "sse2"], ProcessorFeatures.Parse(["processor : 0", New, "processor : 1", Old])).Should().Equal("avx2", "sha_ni");

    /// <summary>What only kernels use or say of themselves differs between hosts on which the same programs run.</summary>
    [Fact]
    public void Parse_Flags_KeepsWhatProgramsUse() => ProcessorFeatures.Parse([New]).Should().ContainSingle().Which.Should().BeEquivalentTo("fpu", "sse2", "avx2", "avx512_future", "sha_ni");

    [Fact]
    public void Parse_NamesOfOnlyTheKernel_AreLeftOut() => ProcessorFeatures.Parse([Old]).Should().ContainSingle().Which.Should().BeEquivalentTo("fpu", "sse2");

    [Fact]
    public void Missing_NothingIsKnown_IsNothing() => ProcessorFeatures.Missing(["avx2"], []).Should().BeEmpty();

    [Fact]
    public void Missing_ThisHostAgainstItself_IsNothing()
    {
        ProcessorFeatures.OfAny().Should().Contain("sse2");
        ProcessorFeatures.Missing(ProcessorFeatures.OfAny()).Should().BeEmpty();
    }

    [Fact]
    public void Problems_MissingFeature_NameItAndTheOption()
    {
        var needs = new Needs { ProcessorFeatures = ["avx9000", "sse2", "sse7"] };

        ProcessorComparison.Problems(needs).Should().ContainSingle().Which.Should().StartWith("The processors of the destination lack avx9000, sse7 (").And.Contain("--allow-missing-cpu-features");
        ProcessorComparison.Warnings(needs).Should().BeEmpty();
    }

    [Fact]
    public void Warnings_MissingFeatureThatIsAllowed_NameIt()
    {
        var needs = new Needs { ProcessorFeatures = ["avx9000"], MayLackProcessorFeatures = true };

        ProcessorComparison.Problems(needs).Should().BeEmpty();
        ProcessorComparison.Warnings(needs).Should().ContainSingle().Which.Should().Contain("lack avx9000").And.Contain("This was allowed");
    }
}
