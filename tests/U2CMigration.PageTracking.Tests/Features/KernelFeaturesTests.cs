using System.Reflection;
using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.Tests.Features;

public sealed class KernelFeaturesTests
{
    private static readonly KernelFeatures Everything = new()
    {
        ProcessEntry = true,
        PagemapScan = true,
        GuardRegionCategory = true,
        Userfaultfd = true,
        UserfaultfdKernelFaults = true,
        UserfaultfdFeatures = (UserfaultfdFeatures)ulong.MaxValue,
        ProcmapQuery = true,
        PidfdGetfd = true,
        SoftDirty = true,
        SoftDirtyCategory = true,
        PtraceCapability = true,
    };

    public static TheoryData<KernelFeatures, string> WithoutOneNeeded() => new()
    {
        { Everything with { PagemapScan = false }, "Linux 6.7" },
        { Everything with { Userfaultfd = false }, "CONFIG_USERFAULTFD" },
        { Everything with { UserfaultfdFeatures = UserfaultfdFeatures.WriteProtect }, "Linux 6.7" },
        { Everything with { PidfdGetfd = false }, "Linux 5.6" },
        { Everything with { ProcessEntry = false }, "x86-64" },
    };

    [Fact]
    public void Missing_KernelWithEverything_IsEmpty() => Everything.Missing.Should().BeEmpty();

    [Fact]
    public void Missing_KernelWithNothing_EachHasARemedy() =>
        new KernelFeatures().Missing.Should().HaveCountGreaterThan(9).And.OnlyContain(static feature => feature.Remedy.EndsWith('.'));

    [Theory]
    [MemberData(nameof(WithoutOneNeeded))]
    public void Create_OneFeatureMissing_SaysWhatBringsIt(KernelFeatures features, string remedy)
    {
        Action create = () => PageTrackers.Create(TrackerKind.WriteProtect, 1, features);

        create.Should().Throw<PageTrackingException>().WithMessage($"*{remedy}*Nothing was touched.");
    }

    [Fact]
    public void Create_SoftDirtyWithoutTheBits_SaysWhatBringsThem()
    {
        Action create = () => PageTrackers.Create(TrackerKind.SoftDirty, 1, Everything with { SoftDirty = false });

        create.Should().Throw<PageTrackingException>().WithMessage("*CONFIG_MEM_SOFT_DIRTY*Nothing was touched.");
    }

    [Theory]
    [InlineData(true, true, TrackerKind.WriteProtect)]
    [InlineData(true, false, TrackerKind.WriteProtect)]
    [InlineData(false, true, TrackerKind.SoftDirty)]
    [InlineData(false, false, TrackerKind.ContentHash)]
    public void Choose_WhatTheKernelHas_TakesTheCheapest(bool writeProtect, bool softDirty, TrackerKind expected) =>
        PageTrackers.Choose(Everything with { PagemapScan = writeProtect, SoftDirty = softDirty }).Should().Be(expected);

    [Fact]
    public void MissingForWriteProtect_OnlySoftDirtyAndQueryMissing_IsEmpty() =>
        (Everything with { SoftDirty = false, ProcmapQuery = false, GuardRegionCategory = false }).MissingForWriteProtect.Should().BeEmpty();

    [Fact]
    public void Create_UnknownKind_IsRefused()
    {
        Action create = () => PageTrackers.Create((TrackerKind)99, 1, Everything);

        create.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Probe_Twice_GivesTheSame() => KernelFeatures.Probe().Should().BeSameAs(KernelFeatures.Probe());

    [Fact]
    public void LogEvents_Ids_AreUniqueAndOfTheTrackers()
    {
        int[] ids = [.. typeof(U2CMigration.PageTracking.Logging.Log)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(static attribute => attribute.EventId)];

        ids.Should().NotBeEmpty().And.OnlyHaveUniqueItems().And.OnlyContain(static id => id >= 2000 && id < 2100);
    }
}
